//! A matrix times rows of codes: int8 products, then back to floats.

use super::gelu::gelu;
use super::quantise::{Codes, RowScale};
use crate::kernels::{Multiply, Panel};
use crate::shape::PANEL;
use crate::weights::{Channels, Linear};

/// What happens to a result before it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Stored as it is.
    Keep,
    /// Through the activation function.
    Gelu,
    /// Added to what is there.
    Add,
}

/// Rows that go through one panel before their sums become floats: the sums stay close by.
const TOGETHER: usize = 24;

/// `outputs[row] = then(codes[row] * matrix + bias)`, for rows of `OUTPUTS` floats.
#[inline(always)]
pub(crate) fn linear<const OUTPUTS: usize>(
    multiply: impl Multiply,
    codes: &Codes,
    matrix: &Linear<'_>,
    then: Then,
    outputs: &mut [[f32; OUTPUTS]],
) {
    let mut sums = [[0; PANEL]; TOGETHER];
    for (index, (weights, channels)) in matrix.packed.iter().zip(&matrix.channels).enumerate() {
        let limits = &channels.limits;
        let each = codes
            .rows
            .chunks(TOGETHER)
            .zip(outputs.chunks_mut(TOGETHER));
        for ((rows, outputs), scales) in each.zip(codes.scales.chunks(TOGETHER)) {
            let sums = sums.split_at_mut(rows.len()).0;
            multiply.panel(rows, Panel { weights, limits }, sums);
            for ((row, scale), sums) in outputs.iter_mut().zip(scales).zip(&*sums) {
                if let Some(target) = row.as_chunks_mut::<PANEL>().0.get_mut(index) {
                    finish(sums, *scale, channels, then, target);
                }
            }
        }
    }
}

/// Exact sums of one row and panel to floats.
#[inline(always)]
fn finish(
    sums: &[i32; PANEL],
    row_scale: RowScale,
    channels: &Channels,
    then: Then,
    target: &mut [f32; PANEL],
) {
    let each = sums.iter().zip(&channels.code_sums).zip(&channels.scales);
    let values = each
        .zip(&channels.biases)
        .map(|(((sum, code_sum), scale), bias)| {
            let exact = sum.wrapping_sub(row_scale.zero.wrapping_mul(*code_sum));
            exact as f32 * (row_scale.scale * scale) + bias
        });
    let each = target.iter_mut().zip(values);
    match then {
        Then::Keep => each.for_each(|(to, value)| *to = value),
        Then::Gelu => each.for_each(|(to, value)| *to = gelu(value)),
        Then::Add => each.for_each(|(to, value)| *to += value),
    }
}
