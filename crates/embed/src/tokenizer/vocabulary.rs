//! The word pieces the model knows, and the search for the longest one.

use crate::Error;
use crate::shape::VOCABULARY;

use super::{END, START, UNKNOWN};

/// Slots of the hash table: twice the vocabulary, as a power of two.
const SLOTS: usize = 65_536;
/// A slot without a piece; above every id.
const FREE: u16 = u16::MAX;
/// What marks a piece that continues a word.
const CONTINUATION: &str = "##";

/// The vocabulary: one piece per line, the line number is the id.
#[derive(Debug)]
pub(crate) struct Vocabulary<'a> {
    pieces: Vec<&'a str>,
    slots: Vec<u16>,
    piece_bytes_max: usize,
}

impl<'a> Vocabulary<'a> {
    /// Reads the lines of a vocabulary file and indexes them.
    pub(crate) fn read(file: &'a [u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(file).map_err(|_| Error::Vocabulary)?;
        let pieces: Vec<&str> = text.lines().collect();
        let is = |id: u16, name: &str| pieces.get(usize::from(id)).copied() == Some(name);
        if pieces.len() != VOCABULARY
            || !is(UNKNOWN, "[UNK]")
            || !is(START, "[CLS]")
            || !is(END, "[SEP]")
        {
            return Err(Error::Vocabulary);
        }
        let piece_bytes_max = pieces
            .iter()
            .map(|piece| piece.len())
            .max()
            .unwrap_or_default();
        let mut slots = vec![FREE; SLOTS];
        for (id, piece) in (0..).zip(&pieces) {
            let hash = piece.bytes().fold(HASH_START, hash_step);
            let free = probe(hash).find(|slot| slots.get(*slot) == Some(&FREE));
            if let Some(slot) = free.and_then(|slot| slots.get_mut(slot)) {
                *slot = id;
            }
        }
        Ok(Self {
            pieces,
            slots,
            piece_bytes_max,
        })
    }

    /// The longest piece that `rest` starts with, and what comes after it.
    ///
    /// The hash grows byte by byte, so all prefixes are hashed in one pass; no piece is longer
    /// than `piece_bytes_max`, which bounds the work per piece.
    pub(crate) fn longest_prefix<'t>(
        &self,
        rest: &'t str,
        continues: bool,
    ) -> Option<(u16, &'t str)> {
        let mark = if continues { CONTINUATION } else { "" };
        let mut hash = mark.bytes().fold(HASH_START, hash_step);
        let mut prefixes = [(0_usize, 0_u64); 32];
        let mut count = 0;
        let limit = self.piece_bytes_max.min(prefixes.len());
        for ((length, byte), prefix) in (1..=limit).zip(rest.bytes()).zip(&mut prefixes) {
            hash = hash_step(hash, byte);
            *prefix = (length, hash);
            count = length;
        }
        prefixes
            .iter()
            .take(count)
            .rev()
            .find_map(|(length, hash)| {
                let (prefix, tail) = rest.split_at_checked(*length)?;
                Some((self.find(*hash, mark, prefix)?, tail))
            })
    }

    fn find(&self, hash: u64, mark: &str, prefix: &str) -> Option<u16> {
        for slot in probe(hash) {
            let id = *self.slots.get(slot)?;
            let piece = self.pieces.get(usize::from(id))?; // a free slot ends the search here
            if piece.strip_prefix(mark) == Some(prefix) {
                return Some(id);
            }
        }
        None
    }
}

// FNV-1a: the vocabulary is fixed, so nobody can choose colliding keys, and the hash of a prefix
// is a step on the way to the hash of the whole.
const HASH_START: u64 = 0xcbf2_9ce4_8422_2325;

fn hash_step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// Slots to look at for a hash, in order.
fn probe(hash: u64) -> impl Iterator<Item = usize> {
    let first = (hash ^ (hash >> 32)) as usize;
    (0..SLOTS).map(move |step| first.wrapping_add(step) % SLOTS)
}
