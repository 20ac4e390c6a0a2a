//! The lexical leg: BM25 (Robertson and Zaragoza, 2009) with integer statistics of the namespace.
//!
//! Document frequency, number and mean length count every live entry, also those that a filter
//! hides: how telling a word is belongs to the namespace and not to the question.

#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};

use super::legs::Pair;
use super::live::Live;
use super::pool::Pool;
use crate::Index;
use crate::analyse::QueryTerm;
use crate::index::Match;

/// Saturation of repeated terms.
const K1: f64 = 0.9;
/// How much a longer text counts less.
const B: f64 = 0.4;

/// One distinct term of a query.
pub(super) struct Weighed {
    pub(super) hash: u32,
    /// Whether it looks like a code.
    pub(super) is_code: bool,
    /// How many live entries hold it; 0 where it has not been looked for yet.
    pub(super) holding: usize,
    /// How telling it is.
    pub(super) weight: f64,
}

/// One term of the query and where it stands.
pub(super) struct TermMatches {
    /// Entries that hold it, each once: all of the pool and perhaps others.
    pub(super) entries: Vec<Match>,
    /// How many live entries hold it.
    pub(super) holding: usize,
    /// How telling the term is.
    pub(super) weight: f64,
    /// Whether it looks like a code.
    pub(super) is_code: bool,
}

/// The terms of a query; a large index tells from its lists how many entries hold each.
pub(super) fn weigh<P>(index: &Index<P>, live: &Live, terms: &[QueryTerm]) -> Vec<Weighed> {
    let holding = |hash: u32| {
        let list = index.large.as_ref()?.list(hash)?;
        let expired = live.expired.iter();
        let holds = |&&slot: &&u32| index.postings.holds(index.blocks(slot), hash);
        Some(list.live() - expired.filter(holds).count())
    };
    let weigh = |term: &QueryTerm| {
        let holding = holding(term.hash).unwrap_or(0);
        Weighed {
            hash: term.hash,
            is_code: term.is_code,
            holding,
            weight: inverse_frequency(live.count, holding),
        }
    };
    terms.iter().map(weigh).collect()
}

/// Where each distinct term of the query stands, in the order of the query. In a large index `slots`
/// alone are searched.
pub(super) fn matches<P>(
    index: &Index<P>,
    live: &Live,
    slots: &[u32],
    terms: &[Weighed],
) -> Vec<TermMatches> {
    let term_matches = |term: &Weighed| TermMatches {
        entries: Vec::new(),
        holding: term.holding,
        weight: term.weight,
        is_code: term.is_code,
    };
    let mut matches: Vec<_> = terms.iter().map(term_matches).collect();
    let hashes: Vec<u32> = terms.iter().map(|term| term.hash).collect();
    let mut take = |term: usize, found: Match| {
        if let Some(term) = matches.get_mut(term) {
            term.entries.push(found);
        }
    };
    if index.large.is_some() {
        let blocks = slots.iter().map(|&slot| index.blocks(slot));
        (index.postings).find_within(index.kernel, &hashes, blocks, &mut take);
    } else {
        index.postings.find(index.kernel, &hashes, &mut take);
        for term in &mut matches {
            // Mostly nothing is expired.
            term.holding = if live.expired.is_empty() {
                term.entries.len()
            } else {
                let is_live = |found: &&Match| live.slots.contains(found.slot);
                term.entries.iter().filter(is_live).count()
            };
            term.weight = inverse_frequency(live.count, term.holding);
        }
    }
    matches
}

/// Adds BM25 to the pair of each entry, term by term in the order of the query: whatever the
/// history, one order of summation.
pub(super) fn bm25<P>(
    index: &Index<P>,
    lengths: &Lengths,
    pool: &Pool,
    matches: &[TermMatches],
    pairs: &mut [Pair],
) {
    for term in matches {
        for &found in &term.entries {
            let position = pool.position(found.slot);
            if let Some(pair) = position.and_then(|position| pairs.get_mut(position)) {
                let row = index.rows.get(found.slot as usize);
                let terms = row.map_or(0, |row| row.terms);
                pair.lexical += lengths.score(term.weight, found.count, terms);
            }
        }
    }
}

/// How much the length of a text counts, where a live one has so many terms on average.
pub(super) struct Lengths {
    /// Of a text without terms.
    base: f64,
    /// Of each term.
    term: f64,
}

impl Lengths {
    pub(super) fn of(mean_terms: f64) -> Self {
        Self {
            base: K1 * (1.0 - B),
            term: K1 * B / mean_terms,
        }
    }

    /// What one term gives to a text of as many terms that holds it `count` times.
    pub(super) fn score(&self, weight: f64, count: u8, terms: u32) -> f64 {
        let count = f64::from(count);
        weight * count * (K1 + 1.0) / (count + self.base + self.term * f64::from(terms))
    }
}

/// `ln(1 + (N - n + 0.5) / (n + 0.5))`; a term that stands nowhere weighs as one that stands once.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn inverse_frequency(entries: usize, holding: usize) -> f64 {
    #[cfg(feature = "sabotage")]
    let entries = if sabotage::is(Bug::SharedFrequencies) {
        let shared = sabotage::share(2, |sum| sum + entries as u64);
        entries + usize::try_from(shared).unwrap_or_default()
    } else {
        entries
    };
    let holding = holding.max(1) as f64;
    let others = (entries as f64 - holding).max(0.0);
    (1.0 + (others + 0.5) / (holding + 0.5)).ln()
}
