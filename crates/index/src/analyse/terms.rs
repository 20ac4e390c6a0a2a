//! The terms of one text as sorted hashes with counts. Part of the format on disk.

use std::collections::BTreeMap;
use std::fmt;

use super::Word;
use crate::Error;

/// The bit of a count that says: stands in the prefix (date, speaker) alone.
const PREFIX_BIT: u8 = 0x80;
/// The largest count that is kept.
const COUNT_MAX: u8 = 0x7f;
/// Distinct terms of one query that are looked for; further ones are not.
const QUERY_TERMS_MAX: usize = 128;
/// Characters from which on a word with a digit is a code and not a small number.
const RARE_CHARACTERS_MIN: usize = 4;

/// The distinct terms of a text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Terms {
    hashes: Box<[u32]>,
    counts: Box<[u8]>,
    words: u32,
}

/// The hash of a term: FNV-1a with 64 bits over its UTF-8 bytes, high half xor low half, 0 as 1.
///
/// IMPORTANT: it stands in stored records; another hash needs another format version.
fn hash(term: &str) -> u32 {
    let hash = term.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    #[expect(clippy::cast_possible_truncation, reason = "the low half is wanted")]
    let folded = (hash >> 32) as u32 ^ hash as u32;
    folded.max(1)
}

impl Terms {
    pub(crate) fn of_document(prefix: &[Word], text: &[Word]) -> Self {
        let mut counts: BTreeMap<u32, u8> = BTreeMap::new();
        let mut words = 0_u32;
        let parts = [(prefix, PREFIX_BIT), (text, 0)];
        for (part, bit) in parts {
            let terms = part.iter().flat_map(|word| [&word.term, &word.bigram]);
            for term in terms.flatten() {
                let count = counts.entry(hash(term)).or_insert(bit);
                *count = (*count & COUNT_MAX).saturating_add(1).min(COUNT_MAX) | (*count & bit);
                words = words.saturating_add(1);
            }
        }
        Self {
            hashes: counts.keys().copied().collect(),
            counts: counts.values().copied().collect(),
            words,
        }
    }

    /// Takes what the accessors gave; anything else is [`Error::Terms`].
    pub fn from_stored(hashes: Box<[u32]>, counts: Box<[u8]>, words: u32) -> Result<Self, Error> {
        let ascending = hashes.iter().zip(hashes.iter().skip(1)).all(|(a, b)| a < b);
        let counted = counts.iter().all(|count| count & COUNT_MAX > 0);
        let sum = counts
            .iter()
            .map(|count| u64::from(count & COUNT_MAX))
            .sum::<u64>();
        let sound = hashes.len() == counts.len()
            && hashes.first() != Some(&0)
            && ascending
            && counted
            && sum <= u64::from(words);
        sound
            .then_some(Self {
                hashes,
                counts,
                words,
            })
            .ok_or(Error::Terms)
    }

    /// Puts together what was taken apart; hashes ascending.
    pub(crate) fn from_parts(parts: impl Iterator<Item = (u32, u8)>, words: u32) -> Self {
        let (hashes, counts): (Vec<u32>, Vec<u8>) = parts.unzip();
        Self {
            hashes: hashes.into(),
            counts: counts.into(),
            words,
        }
    }

    /// The hashes, ascending; none is 0.
    pub const fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// For each hash how often the term occurs, 1 to 127, plus 128 when it stands in the date or
    /// speaker before the text and not in the text.
    pub const fn counts(&self) -> &[u8] {
        &self.counts
    }

    /// How many terms the text has, each as often as it occurs.
    pub const fn words(&self) -> u32 {
        self.words
    }
}

impl fmt::Debug for Terms {
    /// Their number alone: hashes of words are as good as the words.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Terms({})", self.hashes.len())
    }
}

/// A stored count as the number and whether the term stands in the prefix alone.
pub(crate) const fn count(stored: u8) -> (u8, bool) {
    (stored & COUNT_MAX, stored & PREFIX_BIT != 0)
}

/// One distinct term of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryTerm {
    /// Its hash.
    pub(crate) hash: u32,
    /// Whether it looks like a code: with a digit and of four characters at least.
    pub(crate) is_code: bool,
}

/// The distinct terms of a query in order; of a run of CJK characters the bigrams alone.
pub(crate) fn of_query(words: &[Word]) -> Vec<QueryTerm> {
    let mut terms: Vec<QueryTerm> = Vec::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let in_run =
            word.bigram.is_some() || words.peek().is_some_and(|next| next.bigram.is_some());
        let term = if in_run { &word.bigram } else { &word.term };
        let Some(term) = term else { continue };
        let hash = hash(term);
        if terms.len() < QUERY_TERMS_MAX && terms.iter().all(|one| one.hash != hash) {
            let is_code = term.chars().any(|one| one.is_ascii_digit())
                && term.chars().count() >= RARE_CHARACTERS_MIN;
            terms.push(QueryTerm { hash, is_code });
        }
    }
    terms
}

#[cfg(test)]
mod tests;
