//! The lexical leg: BM25 (Robertson and Zaragoza, 2009) with integer statistics of the namespace.
//!
//! Document frequency, number and mean length count every live entry, also those that a filter
//! hides: how telling a word is belongs to the namespace and not to the question.

use super::legs::Pair;
use super::live::Live;
use crate::Index;
use crate::analyse::QueryTerm;
use crate::index::Match;

/// Saturation of repeated terms.
const K1: f64 = 0.9;
/// How much a longer text counts less.
const B: f64 = 0.4;

/// One term of the query and where it stands.
pub(super) struct TermMatches {
    /// The live entries, each once, by position.
    pub(super) entries: Vec<(usize, Match)>,
    /// How telling the term is.
    pub(super) weight: f64,
    /// Whether it looks like a code.
    pub(super) is_code: bool,
}

/// Where each distinct term of the query stands, in the order of the query.
pub(super) fn matches<P>(index: &Index<P>, live: &Live, terms: &[QueryTerm]) -> Vec<TermMatches> {
    let term_matches = |term: &QueryTerm| TermMatches {
        entries: Vec::new(),
        weight: 0.0,
        is_code: term.is_code,
    };
    let mut matches: Vec<_> = terms.iter().map(term_matches).collect();
    let hashes: Vec<u32> = terms.iter().map(|term| term.hash).collect();
    index.postings.find(index.kernel, &hashes, |term, found| {
        if let (Some(term), Some(position)) = (matches.get_mut(term), live.position(found.slot)) {
            term.entries.push((position, found));
        }
    });
    for term in &mut matches {
        term.weight = inverse_frequency(live.items.len(), term.entries.len());
    }
    matches
}

/// Adds BM25 to the pair of each live entry, term by term in the order of the query: whatever the
/// history, one order of summation.
pub(super) fn bm25<P>(index: &Index<P>, live: &Live, matches: &[TermMatches], pairs: &mut [Pair]) {
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
    let mean_terms = live.terms as f64 / live.items.len().max(1) as f64;
    for term in matches {
        for &(position, found) in &term.entries {
            let row = index.rows.get(found.slot as usize);
            let terms = row.map_or(0.0, |row| f64::from(row.terms));
            let count = f64::from(found.count);
            let length = 1.0 - B + B * terms / mean_terms;
            if let Some(pair) = pairs.get_mut(position) {
                pair.lexical += term.weight * count * (K1 + 1.0) / (count + K1 * length);
            }
        }
    }
}

/// `ln(1 + (N - n + 0.5) / (n + 0.5))`; a term that stands nowhere weighs as one that stands once.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn inverse_frequency(entries: usize, holding: usize) -> f64 {
    let holding = holding.max(1) as f64;
    let others = (entries as f64 - holding).max(0.0);
    (1.0 + (others + 0.5) / (holding + 0.5)).ln()
}
