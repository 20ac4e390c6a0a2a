//! The two legs together: normalisation and weighted sum.

use super::pool::Pool;
use crate::Recipe;

/// A number of each leg.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// Of the dense leg, the cosine at first.
    pub(super) dense: f64,
    /// Of the lexical leg, BM25 at first.
    pub(super) lexical: f64,
}

/// The scores of both legs and what becomes of them; one for each entry of the pool.
pub(super) struct Legs {
    /// Cosine and BM25.
    pub(super) raw: Vec<Pair>,
    /// The weighted sum of both, smoothed and normalised.
    pub(super) fused: Vec<f64>,
}

/// The smallest and the largest score of each leg among what may be found.
pub(super) struct Ranges {
    smallest: Pair,
    largest: Pair,
}

impl Ranges {
    pub(super) fn of(pool: &Pool, pairs: &[Pair]) -> Self {
        let both = |score: f64| Pair {
            dense: score,
            lexical: score,
        };
        let (mut smallest, mut largest) = (both(f64::INFINITY), both(f64::NEG_INFINITY));
        let ranked = |(position, pair)| pool.ranks(position).then_some(pair);
        for pair in pairs.iter().enumerate().filter_map(ranked) {
            smallest.dense = smallest.dense.min(pair.dense);
            smallest.lexical = smallest.lexical.min(pair.lexical);
            largest.dense = largest.dense.max(pair.dense);
            largest.lexical = largest.lexical.max(pair.lexical);
        }
        Self { smallest, largest }
    }

    /// Each score from 0 to 1 within its range, times its weight.
    pub(super) fn weigh(&self, pair: Pair, recipe: &Recipe) -> Pair {
        let Self { smallest, largest } = self;
        let dense = normalize(pair.dense, smallest.dense, largest.dense);
        let lexical = normalize(pair.lexical, smallest.lexical, largest.lexical);
        Pair {
            dense: recipe.dense * dense,
            lexical: recipe.lexical * lexical,
        }
    }
}

/// 0.5 when all scores are the same.
fn normalize(score: f64, smallest: f64, largest: f64) -> f64 {
    if largest > smallest {
        (score - smallest) / (largest - smallest)
    } else {
        0.5
    }
}

impl Legs {
    pub(super) fn of(pool: &Pool, raw: Vec<Pair>, smoothed: &[Pair], recipe: &Recipe) -> Self {
        let ranges = Ranges::of(pool, smoothed);
        let fuse = |&pair: &Pair| {
            let pair = ranges.weigh(pair, recipe);
            pair.dense + pair.lexical
        };
        let fused = smoothed.iter().map(fuse).collect();
        Self { raw, fused }
    }
}
