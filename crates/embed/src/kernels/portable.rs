//! The path for every processor: plain code that the compiler vectorises.
//!
//! Weights and codes are widened to 16 bits and multiplied in pairs of inputs, written so that
//! compilers recognise the multiply-and-add-pairs instruction that most processors have.

use crate::shape::{GROUP, HIDDEN, PANEL};

use super::Multiply;

/// Outputs whose sums fit the registers of a plain processor.
const BLOCK: usize = 32;
/// Outputs that one register of sums holds.
const QUAD: usize = 4;
const QUADS: usize = BLOCK / QUAD;
/// Pairs of inputs.
const PAIRS: usize = HIDDEN / 2;

/// For each pair of inputs, the two codes, four times over.
type WideRow = [[i16; 2 * QUAD]; PAIRS];
/// For each pair of inputs and each quad of outputs, the two weights of each output.
type WideBlock = [[[i16; 2 * QUAD]; QUADS]; PAIRS];

/// Needs nothing of the processor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

impl Multiply for Portable {
    #[inline(always)]
    fn panel(
        self,
        codes: &[[u8; HIDDEN]],
        panel: &[u8; HIDDEN * PANEL],
        _: &[i32; PANEL],
        sums: &mut [[i32; PANEL]],
    ) {
        for block in 0..PANEL / BLOCK {
            let wide = widen(panel, block);
            for (row, sums) in codes.iter().zip(&mut *sums) {
                if let Some(sums) = sums.as_chunks_mut::<BLOCK>().0.get_mut(block) {
                    multiply_row(&widen_row(row), &wide, sums);
                }
            }
        }
    }
}

#[inline(always)]
fn widen_row(row: &[u8; HIDDEN]) -> WideRow {
    let mut wide = [[0; 2 * QUAD]; PAIRS];
    for (wide, codes) in wide.iter_mut().zip(row.as_chunks().0) {
        let [a, b] = codes.map(i16::from);
        *wide = [a, b, a, b, a, b, a, b];
    }
    wide
}

#[inline(always)]
#[expect(
    clippy::large_stack_arrays,
    reason = "48 KiB once per multiplication, not per call level"
)]
fn widen(panel: &[u8; HIDDEN * PANEL], block: usize) -> WideBlock {
    let mut wide = [[[0; 2 * QUAD]; QUADS]; PAIRS];
    let groups = panel.as_chunks::<{ GROUP * PANEL }>().0;
    for (group, [front, back]) in groups.iter().zip(wide.as_chunks_mut().0) {
        let quads = group
            .as_chunks::<{ GROUP * QUAD }>()
            .0
            .iter()
            .skip(block * QUADS);
        for ((quad, front), back) in quads.zip(front).zip(back) {
            let outputs = quad.as_chunks::<GROUP>().0.iter();
            let pairs = front
                .as_chunks_mut::<2>()
                .0
                .iter_mut()
                .zip(back.as_chunks_mut::<2>().0);
            for (output, (front, back)) in outputs.zip(pairs) {
                let [a, b, c, d] = output.map(|weight| i16::from(weight as i8));
                (*front, *back) = ([a, b], [c, d]);
            }
        }
    }
    wide
}

/// One row of codes with one block of outputs.
///
/// Not inlined: where the compiler sees that codes are never negative, it no longer recognises
/// the multiplication of signed pairs, and the whole path is six times slower.
#[inline(never)]
fn multiply_row(row: &WideRow, block: &WideBlock, target: &mut [i32; BLOCK]) {
    let mut sums = [[0_i32; QUAD]; QUADS];
    for (codes, quads) in row.iter().zip(block) {
        let [c0, c1, c2, c3, c4, c5, c6, c7] = codes.map(i32::from);
        for (sums, weights) in sums.iter_mut().zip(quads) {
            let [w0, w1, w2, w3, w4, w5, w6, w7] = weights.map(i32::from);
            // Products of 16-bit numbers: at most 2 * 255 * 127 and 192 of them per sum.
            let pairs = [
                c0.wrapping_mul(w0).wrapping_add(c1.wrapping_mul(w1)),
                c2.wrapping_mul(w2).wrapping_add(c3.wrapping_mul(w3)),
                c4.wrapping_mul(w4).wrapping_add(c5.wrapping_mul(w5)),
                c6.wrapping_mul(w6).wrapping_add(c7.wrapping_mul(w7)),
            ];
            for (sum, pair) in sums.iter_mut().zip(pairs) {
                *sum = sum.wrapping_add(pair);
            }
        }
    }
    for (to, sum) in target.iter_mut().zip(sums.as_flattened()) {
        *to = *sum;
    }
}
