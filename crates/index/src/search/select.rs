//! The best entries of all that may be found, with the shares of their scores.

use std::cmp::Ordering;

use super::evidence::Evidence;
use super::legs::{Legs, Range};
use super::{Hit, Live, Query, Why};
use crate::Index;

/// What each step gave, one number per live entry.
pub(super) struct Scores {
    pub(super) legs: Legs,
    pub(super) sessions: Vec<f64>,
    pub(super) priors: Vec<f64>,
    pub(super) names: Vec<f64>,
    pub(super) evidence: Option<Vec<Evidence>>,
}

/// The best entries, best first; among equals the later in canonical order.
pub(super) fn best<'a, P>(
    index: &'a Index<P>,
    live: &Live,
    scores: &Scores,
    query: &Query<'_>,
) -> Vec<Hit<'a, P>> {
    let shares = scores
        .sessions
        .iter()
        .zip(&scores.priors)
        .zip(&scores.names);
    let sums = scores.legs.fused.iter().zip(shares);
    let sums = sums.map(|(&fused, ((session, prior), name))| fused + session + prior + name);
    let mut candidates: Vec<(f64, usize)> = sums
        .enumerate()
        .filter(|&(position, _)| may_pass(live, scores, query.threshold, position))
        .map(|(position, score)| (score, position))
        .collect();
    let order = |a: &(f64, usize), b: &(f64, usize)| -> Ordering {
        b.0.total_cmp(&a.0).then(b.1.cmp(&a.1))
    };
    if query.limit < candidates.len() {
        if query.limit > 0 {
            candidates.select_nth_unstable_by(query.limit - 1, order);
        }
        candidates.truncate(query.limit);
    }
    candidates.sort_unstable_by(order);
    let explain = query.explain.then(|| Explain::of(live, scores, query));
    let hit = |&(score, position): &(f64, usize)| {
        let slot = *live.slots.get(position)?;
        let cosine = scores.legs.dense.get(position)?;
        Some(Hit {
            entry: index.entries.get(slot as usize)?,
            score,
            similarity: cosine.max(0.0),
            why: explain.as_ref().and_then(|explain| explain.why(position)),
        })
    };
    candidates.iter().filter_map(hit).collect()
}

/// Whether the filter and the threshold let an entry through.
fn may_pass(live: &Live, scores: &Scores, threshold: Option<f64>, position: usize) -> bool {
    let rare_term = || {
        let evidence = scores.evidence.as_ref()?.get(position)?;
        Some(evidence.rare_term)
    };
    live.visible.get(position) == Some(&true)
        && threshold.is_none_or(|threshold| {
            let cosine = scores.legs.dense.get(position);
            cosine.is_some_and(|cosine| cosine.max(0.0) >= threshold) || rare_term() == Some(true)
        })
}

/// What is needed to tell the shares of the legs apart.
struct Explain<'a> {
    scores: &'a Scores,
    query: &'a Query<'a>,
    dense: Range,
    lexical: Range,
}

impl<'a> Explain<'a> {
    fn of(live: &Live, scores: &'a Scores, query: &'a Query<'a>) -> Self {
        Self {
            scores,
            query,
            dense: Range::of(live, &scores.legs.dense),
            lexical: Range::of(live, &scores.legs.lexical),
        }
    }

    fn why(&self, position: usize) -> Option<Why> {
        let (scores, recipe) = (self.scores, self.query.recipe);
        let raw = self.dense.normalize(*scores.legs.dense.get(position)?);
        let dense = recipe.dense * raw;
        let raw = self.lexical.normalize(*scores.legs.lexical.get(position)?);
        let lexical = recipe.lexical * raw;
        let evidence = scores.evidence.as_ref()?.get(position)?;
        Some(Why {
            dense,
            lexical,
            neighbours: scores.legs.fused.get(position)? - dense - lexical,
            session: *scores.sessions.get(position)?,
            priors: *scores.priors.get(position)?,
            name: *scores.names.get(position)?,
            matched_terms: evidence.matched_terms,
            rare_term: evidence.rare_term,
        })
    }
}
