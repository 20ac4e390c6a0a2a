//! The lexical leg: BM25 (Robertson and Zaragoza, 2009) with integer statistics of the namespace.
//!
//! Document frequency, number and mean length count every live entry, also those that a filter
//! hides: how telling a word is belongs to the namespace and not to the question.

use super::Live;
use crate::Index;
use crate::analyse::QueryTerm;
use crate::index::Match;

/// Saturation of repeated terms.
const K1: f64 = 0.9;
/// How much a longer text counts less.
const B: f64 = 0.4;

/// One term of the query and where it stands.
pub(super) struct TermMatches {
    /// The live entries, each once.
    pub(super) entries: Vec<(usize, Match)>,
    /// How telling the term is.
    pub(super) weight: f64,
    /// Whether it looks like a code.
    pub(super) is_code: bool,
}

/// Where each distinct term of the query stands, in the order of the query.
pub(super) fn matches<P>(index: &Index<P>, live: &Live, terms: &[QueryTerm]) -> Vec<TermMatches> {
    let hashes: Vec<u32> = terms.iter().map(|term| term.hash).collect();
    let found = index.postings.find(index.kernel, &hashes);
    let matches = terms.iter().zip(found).map(|(term, found)| {
        let live_match = |found: Match| Some((live.position(found.slot)?, found));
        let entries: Vec<_> = found.into_iter().filter_map(live_match).collect();
        TermMatches {
            weight: inverse_frequency(live.slots.len(), entries.len()),
            is_code: term.is_code,
            entries,
        }
    });
    matches.collect()
}

/// BM25 for each live entry. Terms are added in the order of the query: one order of summation.
pub(super) fn bm25<P>(index: &Index<P>, live: &Live, matches: &[TermMatches]) -> Vec<f64> {
    let mut scores = vec![0.0; live.slots.len()];
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
    let mean_terms = live.terms as f64 / live.slots.len().max(1) as f64;
    for term in matches {
        for &(position, found) in &term.entries {
            let row = index.rows.get(found.slot as usize);
            let terms = row.map_or(0.0, |row| f64::from(row.terms));
            let count = f64::from(found.count);
            let length = 1.0 - B + B * terms / mean_terms;
            if let Some(score) = scores.get_mut(position) {
                *score += term.weight * count * (K1 + 1.0) / (count + K1 * length);
            }
        }
    }
    scores
}

/// `ln(1 + (N - n + 0.5) / (n + 0.5))`; a term that stands nowhere weighs as one that stands once.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn inverse_frequency(entries: usize, holding: usize) -> f64 {
    let holding = holding.max(1) as f64;
    let others = (entries as f64 - holding).max(0.0);
    (1.0 + (others + 0.5) / (holding + 0.5)).ln()
}
