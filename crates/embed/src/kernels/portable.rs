//! The path for every processor: plain code that the compiler vectorises.
//!
//! Codes are shifted to -128..=127, so that two products fit 16 bits (2 * 128 * 127 = 32,512) and
//! twice as many lanes fit a register. What the shift took away is put back by starting from 128
//! times the sum of weights.

use crate::shape::{GROUP, HIDDEN, PANEL};

use super::{Multiply, Panel};

/// Outputs whose sums fit the registers of a plain processor.
const BLOCK: usize = 32;

/// Needs nothing of the processor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

impl Multiply for Portable {
    #[inline(always)]
    fn panel(self, codes: &[[u8; HIDDEN]], panel: Panel<'_>, sums: &mut [[i32; PANEL]]) {
        for block in 0..PANEL / BLOCK {
            let columns = unpacked(panel.weights, block);
            let corrections = sums_of(&columns).map(|sum| sum.wrapping_mul(128));
            for (row, sums) in codes.iter().zip(&mut *sums) {
                if let Some(sums) = sums.as_chunks_mut::<BLOCK>().0.get_mut(block) {
                    *sums = multiply_row(row, &columns, corrections);
                }
            }
        }
    }
}

/// The sum of the weights of each output.
#[inline(always)]
fn sums_of(columns: &[[i16; BLOCK]; HIDDEN]) -> [i32; BLOCK] {
    let mut sums = [0_i32; BLOCK];
    for column in columns {
        for (sum, weight) in sums.iter_mut().zip(column) {
            *sum += i32::from(*weight);
        }
    }
    sums
}

/// The weights of one block of outputs, input by input.
#[inline(always)]
#[expect(clippy::large_stack_arrays, reason = "24 KiB, once per multiplication")]
fn unpacked(weights: &[u8; HIDDEN * PANEL], block: usize) -> [[i16; BLOCK]; HIDDEN] {
    let mut columns = [[0; BLOCK]; HIDDEN];
    let groups = weights.as_chunks::<{ GROUP * PANEL }>().0;
    for (group, [a, b, c, d]) in groups.iter().zip(columns.as_chunks_mut::<GROUP>().0) {
        let outputs = group.as_chunks::<GROUP>().0.iter().skip(block * BLOCK);
        for ((((weights, a), b), c), d) in outputs.zip(a).zip(b).zip(c).zip(d) {
            [*a, *b, *c, *d] = weights.map(|weight| i16::from(weight as i8));
        }
    }
    columns
}

/// One row of codes with one block of outputs.
#[inline(always)]
fn multiply_row(
    row: &[u8; HIDDEN],
    columns: &[[i16; BLOCK]; HIDDEN],
    corrections: [i32; BLOCK],
) -> [i32; BLOCK] {
    let mut sums = corrections;
    for (codes, [first, second]) in row.as_chunks::<2>().0.iter().zip(columns.as_chunks().0) {
        let [a, b] = codes.map(|code| i16::from(code).wrapping_sub(128));
        for ((sum, first), second) in sums.iter_mut().zip(first).zip(second) {
            let pair = a.wrapping_mul(*first).wrapping_add(b.wrapping_mul(*second));
            *sum = sum.wrapping_add(i32::from(pair));
        }
    }
    sums
}
