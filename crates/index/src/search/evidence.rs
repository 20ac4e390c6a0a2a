//! Exact hits of rare terms: what is found, and passes a threshold, although its vector is far away.
//!
//! A term is rare when it stands in at most one entry, or one of a hundred. An entry has an exact
//! hit when its text (not the date or speaker before it) holds a rare term that looks like a code:
//! with a digit, four characters at least. It passes any threshold with an exact hit, and also when
//! it holds a rare word and, with the others, at least half of what the query's terms weigh: one
//! word in common with a long question is no evidence.

use super::lexical::TermMatches;
use super::live::Live;
use super::pool::Pool;

/// What the terms of a query say about one entry.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    /// Distinct terms that it holds.
    pub(super) matched_terms: u32,
    /// Whether its text holds a rare term that looks like a code.
    pub(super) exact: bool,
    /// Whether no threshold applies.
    pub(super) rare_term: bool,
}

/// The evidence for each entry of the pool.
pub(super) fn of(live: &Live, pool: &Pool, matches: &[TermMatches]) -> Vec<Evidence> {
    let rare_max = (live.count / 100).max(1);
    let total: f64 = matches.iter().map(|term| term.weight).sum();
    let mut evidence = vec![Evidence::default(); pool.len()];
    let mut weights = vec![(0.0, false); pool.len()];
    for term in matches {
        let is_rare = term.holding <= rare_max;
        for found in &term.entries {
            let Some(position) = pool.position(found.slot) else {
                continue;
            };
            let (Some(evidence), Some((weight, has_rare))) =
                (evidence.get_mut(position), weights.get_mut(position))
            else {
                continue;
            };
            evidence.matched_terms += 1;
            if found.prefix_only {
                continue;
            }
            *weight += term.weight;
            *has_rare |= is_rare;
            evidence.exact |= is_rare && term.is_code;
        }
    }
    for (evidence, (weight, has_rare)) in evidence.iter_mut().zip(weights) {
        evidence.rare_term = evidence.exact || (has_rare && weight * 2.0 >= total);
    }
    evidence
}
