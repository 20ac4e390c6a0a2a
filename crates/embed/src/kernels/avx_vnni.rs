//! AVX-VNNI: `vpdpbusd` of 32 unsigned codes and 32 signed weights, exact, for processors that
//! have it without AVX-512.
#![expect(unsafe_code, reason = "processor intrinsics behind a run-time check")]
#![expect(
    clippy::cast_ptr_alignment,
    reason = "loads and stores here need no alignment"
)]

use std::arch::x86_64::{
    __m256i, _mm256_dpbusd_avx_epi32, _mm256_loadu_si256, _mm256_set1_epi32, _mm256_setzero_si256,
    _mm256_storeu_si256,
};

use crate::shape::{GROUP, HIDDEN, PANEL};

use super::{Job, Multiply, Panel};

/// Outputs that one block sums up, and the registers that hold them, 8 each.
const BLOCK: usize = 32;
const REGISTERS: usize = BLOCK / 8;
/// Proof that the processor has AVX2 and AVX-VNNI.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AvxVnni(());

impl AvxVnni {
    pub(crate) fn detect() -> Option<Self> {
        let all = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("avxvnni");
        all.then_some(Self(()))
    }

    pub(super) fn run(self, job: impl Job) {
        // SAFETY: `self` exists only after `detect` found every feature that `compiled` enables.
        unsafe { compiled(self, job) }
    }
}

#[target_feature(enable = "avx2,avxvnni")]
fn compiled(path: AvxVnni, job: impl Job) {
    job.run(path);
}

impl Multiply for AvxVnni {
    #[inline(always)]
    fn panel(self, codes: &[[u8; HIDDEN]], panel: Panel<'_>, sums: &mut [[i32; PANEL]]) {
        // SAFETY: `self` exists only after `detect` found every feature that `multiply` enables.
        unsafe {
            multiply::<0>(codes, panel.weights, sums);
            multiply::<1>(codes, panel.weights, sums);
        }
    }
}

/// The first (`HALF` 0) or second (1) 32 outputs of a panel, two rows at a time.
#[target_feature(enable = "avx2,avxvnni")]
fn multiply<const HALF: usize>(
    codes: &[[u8; HIDDEN]],
    weights: &[u8; HIDDEN * PANEL],
    sums: &mut [[i32; PANEL]],
) {
    let (pairs, single) = codes.as_chunks::<2>();
    let (pair_sums, single_sums) = sums.as_chunks_mut::<2>();
    for (codes, sums) in pairs.iter().zip(pair_sums) {
        multiply_block::<HALF, 2>(codes, weights, sums);
    }
    for (codes, sums) in single.iter().zip(single_sums) {
        let (codes, sums) = (std::array::from_ref(codes), std::array::from_mut(sums));
        multiply_block::<HALF, 1>(codes, weights, sums);
    }
}

#[target_feature(enable = "avx2,avxvnni")]
fn multiply_block<const HALF: usize, const ROWS: usize>(
    codes: &[[u8; HIDDEN]; ROWS],
    weights: &[u8; HIDDEN * PANEL],
    sums: &mut [[i32; PANEL]; ROWS],
) {
    let mut totals = [[_mm256_setzero_si256(); REGISTERS]; ROWS];
    for (index, group) in weights
        .as_chunks::<{ GROUP * PANEL }>()
        .0
        .iter()
        .enumerate()
    {
        let fours = codes.each_ref().map(|row| {
            // SAFETY: a panel has HIDDEN / GROUP groups, so `index` is one of the row's groups.
            let four = unsafe { *row.as_chunks::<GROUP>().0.get_unchecked(index) };
            _mm256_set1_epi32(i32::from_le_bytes(four))
        });
        let registers = group.as_chunks::<32>().0.iter().skip(HALF * REGISTERS);
        for (register, bytes) in registers.take(REGISTERS).enumerate() {
            // SAFETY: `bytes` is 32 bytes long, and the load needs no alignment.
            let weights =
                unsafe { _mm256_loadu_si256(std::ptr::from_ref(bytes).cast::<__m256i>()) };
            for (four, totals) in fours.iter().zip(&mut totals) {
                if let Some(total) = totals.get_mut(register) {
                    *total = _mm256_dpbusd_avx_epi32(*total, *four, weights);
                }
            }
        }
    }
    for (sums, totals) in sums.iter_mut().zip(totals) {
        let sums = sums.as_chunks_mut::<8>().0.iter_mut();
        for (sums, total) in sums.skip(HALF * REGISTERS).zip(totals) {
            // SAFETY: `sums` is 32 bytes long, and the store needs no alignment.
            unsafe { _mm256_storeu_si256(std::ptr::from_mut(sums).cast::<__m256i>(), total) }
        }
    }
}
