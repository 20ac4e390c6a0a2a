//! The path for every processor: plain code that the compiler vectorises.

use crate::shape::{GROUP, HIDDEN, PANEL};

use super::Multiply;

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
        for (row, sums) in codes.iter().zip(sums) {
            *sums = multiply_row(row, panel);
        }
    }
}

/// One row of codes with one panel.
#[inline(always)]
fn multiply_row(row: &[u8; HIDDEN], panel: &[u8; HIDDEN * PANEL]) -> [i32; PANEL] {
    let mut sums = [0_i32; PANEL];
    let groups = panel.as_chunks::<{ GROUP * PANEL }>().0;
    for (codes, group) in row.as_chunks::<GROUP>().0.iter().zip(groups) {
        let [first, second, third, fourth] = codes.map(i32::from);
        for (sum, weights) in sums.iter_mut().zip(group.as_chunks::<GROUP>().0) {
            let [a, b, c, d] = weights.map(|weight| i32::from(weight as i8));
            let front = (first.wrapping_mul(a)).wrapping_add(second.wrapping_mul(b));
            let back = (third.wrapping_mul(c)).wrapping_add(fourth.wrapping_mul(d));
            *sum = sum.wrapping_add(front.wrapping_add(back));
        }
    }
    sums
}
