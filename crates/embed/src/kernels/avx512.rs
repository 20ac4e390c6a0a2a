//! AVX-512 with VNNI: `vpdpbusd` multiplies 64 unsigned codes with 64 signed weights and adds
//! them up in fours, exactly.
#![expect(unsafe_code, reason = "processor intrinsics behind a run-time check")]
#![expect(
    clippy::cast_ptr_alignment,
    reason = "loads and stores here need no alignment"
)]

use std::arch::x86_64::{
    __m512i, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_setzero_si512,
    _mm512_storeu_si512,
};

use crate::shape::{GROUP, HIDDEN, PANEL};

use super::{Job, Multiply, Panel};

/// Most rows per block: 6 rows times 4 registers of sums, 4 of weights, 1 of codes.
const ROWS_MAX: usize = 6;
/// Registers that hold the sums of one row, 16 each.
const REGISTERS: usize = PANEL / 16;

/// Proof that the processor has AVX-512 F, BW, DQ, VL and VNNI.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    pub(crate) fn detect() -> Option<Self> {
        let all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        all.then_some(Self(()))
    }

    pub(super) fn run(self, job: impl Job) {
        // SAFETY: `self` exists only after `detect` found every feature that `compiled` enables.
        unsafe { compiled(self, job) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn compiled(path: Avx512, job: impl Job) {
    job.run(path);
}

impl Multiply for Avx512 {
    #[inline(always)]
    fn panel(self, codes: &[[u8; HIDDEN]], panel: Panel<'_>, sums: &mut [[i32; PANEL]]) {
        // SAFETY: `self` exists only after `detect` found every feature that `multiply` enables.
        unsafe { multiply(codes, panel.weights, sums) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn multiply(codes: &[[u8; HIDDEN]], panel: &[u8; HIDDEN * PANEL], sums: &mut [[i32; PANEL]]) {
    // As even as possible: one row left over would cost nearly as much as a full block.
    let rows = codes.len();
    let blocks = rows.div_ceil(ROWS_MAX);
    let (mut codes, mut sums) = (codes, sums);
    for block in 0..blocks {
        let length = rows * (block + 1) / blocks - rows * block / blocks;
        let (front, codes_rest) = codes.split_at(length);
        let (front_sums, sums_rest) = sums.split_at_mut(length);
        match length {
            6 => multiply_block::<6>(front, panel, front_sums),
            5 => multiply_block::<5>(front, panel, front_sums),
            4 => multiply_block::<4>(front, panel, front_sums),
            3 => multiply_block::<3>(front, panel, front_sums),
            2 => multiply_block::<2>(front, panel, front_sums),
            _ => multiply_block::<1>(front, panel, front_sums),
        }
        (codes, sums) = (codes_rest, sums_rest);
    }
}

/// Exactly `ROWS` rows.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn multiply_block<const ROWS: usize>(
    codes: &[[u8; HIDDEN]],
    panel: &[u8; HIDDEN * PANEL],
    sums: &mut [[i32; PANEL]],
) {
    let (Some(block), Some(block_sums)) =
        (codes.first_chunk::<ROWS>(), sums.first_chunk_mut::<ROWS>())
    else {
        return;
    };
    let mut totals = [[_mm512_setzero_si512(); REGISTERS]; ROWS];
    for (index, group) in panel.as_chunks::<{ GROUP * PANEL }>().0.iter().enumerate() {
        let mut weights = [_mm512_setzero_si512(); REGISTERS];
        for (weight, bytes) in weights.iter_mut().zip(group.as_chunks::<64>().0) {
            // SAFETY: `bytes` is 64 bytes long, and the load needs no alignment.
            *weight = unsafe { _mm512_loadu_si512(std::ptr::from_ref(bytes).cast::<__m512i>()) };
        }
        for (row, totals) in block.iter().zip(&mut totals) {
            // SAFETY: a panel has HIDDEN / GROUP groups, so `index` is one of the row's groups.
            let four = unsafe { *row.as_chunks::<GROUP>().0.get_unchecked(index) };
            let four = _mm512_set1_epi32(i32::from_le_bytes(four));
            for (total, weight) in totals.iter_mut().zip(weights) {
                *total = _mm512_dpbusd_epi32(*total, four, weight);
            }
        }
    }
    for (sums, totals) in block_sums.iter_mut().zip(totals) {
        for (sums, total) in sums.as_chunks_mut::<16>().0.iter_mut().zip(totals) {
            // SAFETY: `sums` is 64 bytes long, and the store needs no alignment.
            unsafe { _mm512_storeu_si512(std::ptr::from_mut(sums).cast::<__m512i>(), total) }
        }
    }
}
