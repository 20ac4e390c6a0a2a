//! A matrix times rows of codes: int8 products, then back to floats.

use super::gelu::gelu;
use super::quantise::Codes;
use crate::kernels::Multiply;
use crate::shape::PANEL;
use crate::weights::Linear;

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

/// `outputs[row] = then(codes[row] * matrix + bias)`, for rows of `OUTPUTS` floats.
#[inline(always)]
pub(crate) fn linear<const OUTPUTS: usize>(
    multiply: impl Multiply,
    codes: &Codes,
    matrix: &Linear<'_>,
    sums: &mut Vec<[i32; PANEL]>,
    then: Then,
    outputs: &mut [[f32; OUTPUTS]],
) {
    sums.resize(codes.rows.len(), [0; PANEL]);
    for (index, (panel, channels)) in matrix.packed.iter().zip(&matrix.channels).enumerate() {
        multiply.panel(&codes.rows, panel, &channels.code_sums, sums);
        for ((row, row_scale), sums) in outputs.iter_mut().zip(&codes.scales).zip(&*sums) {
            let Some(target) = row.as_chunks_mut::<PANEL>().0.get_mut(index) else {
                continue;
            };
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
    }
}
