//! Floats to codes, one scale and one zero per row (token).

use super::lanes::{fold, greater, lesser};
use crate::shape::{HIDDEN, LANES};
use crate::weights::Factors;

/// Adding this rounds a small float to an integer that then sits in its lowest bits.
const ROUND: f32 = 12_582_912.0;

/// What the codes of a row mean: `value * factor = (code - zero) * scale`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RowScale {
    pub(crate) scale: f32,
    pub(crate) zero: i32,
}

/// Rows as codes.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    pub(crate) rows: Vec<[u8; HIDDEN]>,
    pub(crate) scales: Vec<RowScale>,
    /// Listens to everything that is quantised; only while a model is exported.
    pub(crate) observer: Option<Observer>,
}

/// Collects the largest magnitude of every input of every matrix.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    /// One row per call of [`Codes::fill`] within a run of the model.
    pub(crate) maxima: Vec<[f32; HIDDEN]>,
    pub(crate) calls: usize,
}

impl Codes {
    /// Replaces the codes by those of `inputs`, whose columns are multiplied by `factors` first.
    #[inline(always)]
    pub(crate) fn fill(&mut self, factors: &Factors, inputs: &[[f32; HIDDEN]]) {
        self.rows.resize(inputs.len(), [0; HIDDEN]);
        self.scales.resize(inputs.len(), RowScale::default());
        for ((row, codes), scale) in inputs.iter().zip(&mut self.rows).zip(&mut self.scales) {
            *scale = quantise(row, factors, codes);
        }
        if let Some(observer) = &mut self.observer {
            observer.see(inputs);
        }
    }
}

impl Observer {
    fn see(&mut self, inputs: &[[f32; HIDDEN]]) {
        let place = self.calls % self.maxima.len().max(1);
        self.calls += 1;
        let Some(maxima) = self.maxima.get_mut(place) else {
            return;
        };
        for row in inputs {
            for (maximum, value) in maxima.iter_mut().zip(row) {
                *maximum = greater(value.abs(), *maximum);
            }
        }
    }
}

/// The least and the greatest number, zero included. Two chunks at a time: neither waits for the
/// comparisons of the other, and the extremes are the same in every order.
#[inline(always)]
fn extremes(row: &[f32; HIDDEN]) -> (f32, f32) {
    let mut low = [[0.0; LANES]; 2];
    let mut high = [[0.0; LANES]; 2];
    for chunks in row.as_chunks::<LANES>().0.as_chunks::<2>().0 {
        for ((low, high), chunk) in low.iter_mut().zip(&mut high).zip(chunks) {
            for ((low, high), value) in low.iter_mut().zip(high).zip(chunk) {
                *low = lesser(*value, *low);
                *high = greater(*value, *high);
            }
        }
    }
    let [low, low_other] = low.map(|lanes| fold(lanes, lesser));
    let [high, high_other] = high.map(|lanes| fold(lanes, greater));
    (lesser(low, low_other), greater(high, high_other))
}

/// Spreads the range of the row, zero included, over the codes 1 to 255.
#[inline(always)]
fn quantise(row: &[f32; HIDDEN], factors: &Factors, codes: &mut [u8; HIDDEN]) -> RowScale {
    let mut scaled = [0.0; HIDDEN];
    for ((to, value), factor) in scaled.iter_mut().zip(row).zip(factors) {
        *to = value * factor;
    }
    let (low, high) = extremes(&scaled);
    // A row of zeros gets a range too, so that nothing is divided by zero.
    let range = greater(high - low, 1e-20);
    let inverse = 254.0 / range;
    let zero = (1.0 - low * inverse + ROUND).to_bits() as i32 - ROUND.to_bits() as i32;
    let offset = zero - ROUND.to_bits() as i32;
    for (code, value) in codes.iter_mut().zip(&scaled) {
        let rounded = ((value * inverse + ROUND).to_bits() as i32).wrapping_add(offset);
        // Rounding both ends away from zero may reach 256.
        *code = rounded.clamp(1, 255) as u8;
    }
    RowScale {
        scale: range / 254.0,
        zero,
    }
}
