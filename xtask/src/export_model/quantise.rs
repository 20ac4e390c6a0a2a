//! Floats to int8 codes, and the smoothing before it.

#![allow(
    clippy::cast_possible_truncation,
    reason = "codes are between -127 and 127"
)]

use anchorhold_embed::HIDDEN;

/// What is moved from the inputs of a matrix to the matrix, column by column, so that neither has
/// a few huge columns that take all the codes (the idea of `SmoothQuant`, arXiv 2211.10438, with
/// its alpha at 1/2).
pub(super) struct Smoothing {
    /// Each input is multiplied by its factor, each column of the matrix divided by it.
    pub(super) factors: [f32; HIDDEN],
}

impl Smoothing {
    /// Leaves everything as it is.
    pub(super) fn none() -> Self {
        Self {
            factors: [1.0; HIDDEN],
        }
    }

    /// Makes the largest input and the largest weight of every column equal.
    pub(super) fn new(input_maxima: &[f32; HIDDEN], matrix: &[f32]) -> Self {
        let mut factors = [0.0_f32; HIDDEN];
        for row in matrix.chunks_exact(HIDDEN) {
            for (factor, weight) in factors.iter_mut().zip(row) {
                *factor = factor.max(weight.abs());
            }
        }
        for (factor, input) in factors.iter_mut().zip(input_maxima) {
            *factor = (factor.max(1e-3) / input.max(1e-2)).sqrt();
        }
        Self { factors }
    }

    /// The matrix for smoothed inputs.
    pub(super) fn applied(&self, matrix: &[f32]) -> Vec<f32> {
        let factors = self.factors.iter().cycle();
        matrix
            .iter()
            .zip(factors)
            .map(|(weight, factor)| weight / factor)
            .collect()
    }
}

/// Codes of -127 to 127 and one scale per row, so that the largest value of a row is exact.
pub(super) fn quantise(matrix: &[f32]) -> (Vec<i8>, Vec<f32>) {
    let mut codes = Vec::with_capacity(matrix.len());
    let mut scales = Vec::new();
    for row in matrix.chunks_exact(HIDDEN) {
        let largest = row
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scale = largest.max(1e-20) / 127.0;
        codes.extend(
            row.iter()
                .map(|value| (value / scale).round_ties_even() as i8),
        );
        scales.push(scale);
    }
    (codes, scales)
}
