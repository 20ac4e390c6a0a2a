//! Layer normalisation.

use super::lanes::sum;
use crate::shape::{HIDDEN, LANES, NORM_EPSILON};
use crate::weights::Norm;

/// Normalises a row to mean 0 and variance 1, then applies gain and shift.
#[inline(always)]
pub(crate) fn layer_norm(row: &mut [f32; HIDDEN], norm: &Norm) {
    let mut totals = [0.0; LANES];
    for chunk in row.as_chunks::<LANES>().0 {
        for (total, value) in totals.iter_mut().zip(chunk) {
            *total += value;
        }
    }
    let mean = sum(totals) / HIDDEN as f32;
    let mut squares = [0.0; LANES];
    for chunk in row.as_chunks::<LANES>().0 {
        for (square, value) in squares.iter_mut().zip(chunk) {
            let distance = value - mean;
            *square += distance * distance;
        }
    }
    let variance = sum(squares) / HIDDEN as f32;
    let inverse = 1.0 / (variance + NORM_EPSILON).sqrt();
    for ((value, gain), shift) in row.iter_mut().zip(&norm.gain).zip(&norm.shift) {
        *value = (*value - mean) * inverse * gain + shift;
    }
}
