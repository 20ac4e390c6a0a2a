//! The two legs together: smoothing over neighbouring turns, normalisation, weighted sum.

use super::Live;
use super::conversations::smooth;
use crate::Recipe;

/// The raw scores of both legs and what becomes of them; one number per live entry.
pub(super) struct Legs {
    /// Cosines.
    pub(super) dense: Vec<f64>,
    /// BM25.
    pub(super) lexical: Vec<f64>,
    /// The weighted sum of both, smoothed and normalised.
    pub(super) fused: Vec<f64>,
}

/// The smallest and largest score among what may be found.
#[derive(Clone, Copy)]
pub(super) struct Range {
    smallest: f64,
    largest: f64,
}

impl Range {
    pub(super) fn of(live: &Live, scores: &[f64]) -> Self {
        let visible = live
            .visible
            .iter()
            .zip(scores)
            .filter(|&(&visible, _)| visible);
        visible.fold(
            Self {
                smallest: f64::INFINITY,
                largest: f64::NEG_INFINITY,
            },
            |range, (_, &score)| Self {
                smallest: range.smallest.min(score),
                largest: range.largest.max(score),
            },
        )
    }

    /// The score from 0 to 1 within the range; 0.5 when the range is one number.
    pub(super) fn normalize(self, score: f64) -> f64 {
        if self.largest > self.smallest {
            (score - self.smallest) / (self.largest - self.smallest)
        } else {
            0.5
        }
    }
}

impl Legs {
    pub(super) fn of(live: &Live, dense: Vec<f64>, lexical: Vec<f64>, recipe: &Recipe) -> Self {
        let smooth_dense = smooth(live, &dense, recipe.dense_previous, recipe.dense_next);
        let smooth_lexical = smooth(live, &lexical, recipe.lexical_previous, recipe.lexical_next);
        let dense_range = Range::of(live, &smooth_dense);
        let lexical_range = Range::of(live, &smooth_lexical);
        let fuse = |(&dense, &lexical): (&f64, &f64)| {
            recipe.dense * dense_range.normalize(dense)
                + recipe.lexical * lexical_range.normalize(lexical)
        };
        let fused = smooth_dense.iter().zip(&smooth_lexical).map(fuse).collect();
        Self {
            dense,
            lexical,
            fused,
        }
    }
}
