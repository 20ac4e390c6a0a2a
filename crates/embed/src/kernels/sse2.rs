//! SSE2, part of every x86-64 processor: `pmaddwd` on codes and weights widened to 16 bits.
//! Two products fit its 32 bits with room for all.
#![expect(unsafe_code, reason = "loads and stores of registers")]
#![expect(
    clippy::cast_ptr_alignment,
    reason = "loads and stores here need no alignment"
)]

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_loadu_si128, _mm_madd_epi16, _mm_set1_epi32, _mm_setzero_si128,
    _mm_shuffle_epi32, _mm_srai_epi16, _mm_storeu_si128, _mm_unpackhi_epi8, _mm_unpackhi_epi64,
    _mm_unpacklo_epi8, _mm_unpacklo_epi64,
};

use crate::shape::{GROUP, HIDDEN, PANEL};

use super::{Multiply, Panel};

/// Outputs that one block sums up, and the registers that hold them, 4 each.
const BLOCK: usize = 16;
const REGISTERS: usize = BLOCK / 4;
/// Pairs of inputs.
const PAIRS: usize = HIDDEN / 2;

/// The weights of one block of outputs: for each pair of inputs, two weights of each output.
type Columns = [[__m128i; REGISTERS]; PAIRS];

/// Needs nothing beyond x86-64.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sse2;

impl Multiply for Sse2 {
    #[inline(always)]
    fn panel(self, codes: &[[u8; HIDDEN]], panel: Panel<'_>, sums: &mut [[i32; PANEL]]) {
        // SAFETY: every x86-64 processor has the feature that `multiply` enables.
        unsafe { multiply(codes, panel.weights, sums) }
    }
}

#[target_feature(enable = "sse2")]
fn multiply(codes: &[[u8; HIDDEN]], weights: &[u8; HIDDEN * PANEL], sums: &mut [[i32; PANEL]]) {
    for block in 0..PANEL / BLOCK {
        let columns = widened(weights, block);
        let (pairs, single) = codes.as_chunks::<2>();
        let (pair_sums, single_sums) = sums.as_chunks_mut::<2>();
        for (codes, sums) in pairs.iter().zip(pair_sums) {
            multiply_block(codes, &columns, block, sums);
        }
        for (codes, sums) in single.iter().zip(single_sums) {
            let (codes, sums) = (std::array::from_ref(codes), std::array::from_mut(sums));
            multiply_block(codes, &columns, block, sums);
        }
    }
}

/// Sixteen bytes are four weights of four outputs; they become two registers with the first and
/// the last two weights of each.
#[target_feature(enable = "sse2")]
fn widened(weights: &[u8; HIDDEN * PANEL], block: usize) -> Columns {
    let mut columns = [[_mm_setzero_si128(); REGISTERS]; PAIRS];
    let groups = weights.as_chunks::<{ GROUP * PANEL }>().0;
    for (group, [front, back]) in groups.iter().zip(columns.as_chunks_mut().0) {
        let registers = group.as_chunks::<16>().0.iter().skip(block * REGISTERS);
        for ((bytes, front), back) in registers.zip(front).zip(back) {
            // SAFETY: `bytes` is 16 bytes long, and the load needs no alignment.
            let bytes = unsafe { _mm_loadu_si128(std::ptr::from_ref(bytes).cast::<__m128i>()) };
            // A byte beside itself, shifted right by eight, is the byte with its sign.
            let low = _mm_srai_epi16::<8>(_mm_unpacklo_epi8(bytes, bytes));
            let high = _mm_srai_epi16::<8>(_mm_unpackhi_epi8(bytes, bytes));
            let low = _mm_shuffle_epi32::<0b11_01_10_00>(low);
            let high = _mm_shuffle_epi32::<0b11_01_10_00>(high);
            *front = _mm_unpacklo_epi64(low, high);
            *back = _mm_unpackhi_epi64(low, high);
        }
    }
    columns
}

#[target_feature(enable = "sse2")]
fn multiply_block<const ROWS: usize>(
    codes: &[[u8; HIDDEN]; ROWS],
    columns: &Columns,
    block: usize,
    sums: &mut [[i32; PANEL]; ROWS],
) {
    let pairs = codes.each_ref().map(paired);
    let mut totals = [[_mm_setzero_si128(); REGISTERS]; ROWS];
    for (index, weights) in columns.iter().enumerate() {
        for (pairs, totals) in pairs.iter().zip(&mut totals) {
            let pair = _mm_set1_epi32(pairs.get(index).copied().unwrap_or_default());
            for (total, weights) in totals.iter_mut().zip(weights) {
                *total = _mm_add_epi32(*total, _mm_madd_epi16(pair, *weights));
            }
        }
    }
    for (sums, totals) in sums.iter_mut().zip(totals) {
        let sums = sums.as_chunks_mut::<4>().0.iter_mut();
        for (sums, total) in sums.skip(block * REGISTERS).zip(totals) {
            // SAFETY: `sums` is 16 bytes long, and the store needs no alignment.
            unsafe { _mm_storeu_si128(std::ptr::from_mut(sums).cast::<__m128i>(), total) }
        }
    }
}

/// Two codes of 16 bits in each number, the first below.
fn paired(row: &[u8; HIDDEN]) -> [i32; PAIRS] {
    let mut pairs = [0; PAIRS];
    for (pair, [first, second]) in pairs.iter_mut().zip(row.as_chunks().0) {
        *pair = i32::from(*first) | (i32::from(*second) << 16);
    }
    pairs
}
