//! AVX2: `vpmaddubsw` on the magnitude of a code and the weight with the code's sign.
//!
//! Codes are shifted to -128..=127 first; two products then add up to at most
//! 2 * 128 * 127 = 32,512, so the 16-bit sums of the instruction never saturate and the result
//! is exact. What the shift took away is put back by starting from 128 times the sum of weights.
#![expect(unsafe_code, reason = "processor intrinsics behind a run-time check")]
#![expect(
    clippy::cast_ptr_alignment,
    reason = "loads and stores here need no alignment"
)]

use std::arch::x86_64::{
    __m256i, _mm256_abs_epi8, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256, _mm256_sign_epi8, _mm256_slli_epi32, _mm256_storeu_si256,
    _mm256_xor_si256,
};

use crate::shape::{GROUP, HIDDEN, PANEL};

use super::{Job, Multiply};

/// Outputs that one block sums up, and the registers that hold them, 8 each.
const BLOCK: usize = 32;
const REGISTERS: usize = BLOCK / 8;

/// Proof that the processor has AVX2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    pub(crate) fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    pub(super) fn run(self, job: impl Job) {
        // SAFETY: `self` exists only after `detect` found the feature that `compiled` enables.
        unsafe { compiled(self, job) }
    }
}

#[target_feature(enable = "avx2")]
fn compiled(path: Avx2, job: impl Job) {
    job.run(path);
}

impl Multiply for Avx2 {
    #[inline(always)]
    fn panel(
        self,
        codes: &[[u8; HIDDEN]],
        panel: &[u8; HIDDEN * PANEL],
        code_sums: &[i32; PANEL],
        sums: &mut [[i32; PANEL]],
    ) {
        // SAFETY: `self` exists only after `detect` found the feature that `multiply` enables.
        unsafe {
            multiply::<0>(codes, panel, code_sums, sums);
            multiply::<1>(codes, panel, code_sums, sums);
        }
    }
}

/// The first (`HALF` 0) or second (1) 32 outputs of a panel, two rows at a time.
#[target_feature(enable = "avx2")]
fn multiply<const HALF: usize>(
    codes: &[[u8; HIDDEN]],
    panel: &[u8; HIDDEN * PANEL],
    code_sums: &[i32; PANEL],
    sums: &mut [[i32; PANEL]],
) {
    let (pairs, single) = codes.as_chunks::<2>();
    let (pair_sums, single_sums) = sums.as_chunks_mut::<2>();
    for (codes, sums) in pairs.iter().zip(pair_sums) {
        multiply_block::<HALF, 2>(codes, panel, code_sums, sums);
    }
    for (codes, sums) in single.iter().zip(single_sums) {
        let (codes, sums) = (std::array::from_ref(codes), std::array::from_mut(sums));
        multiply_block::<HALF, 1>(codes, panel, code_sums, sums);
    }
}

#[target_feature(enable = "avx2")]
fn multiply_block<const HALF: usize, const ROWS: usize>(
    codes: &[[u8; HIDDEN]; ROWS],
    panel: &[u8; HIDDEN * PANEL],
    code_sums: &[i32; PANEL],
    sums: &mut [[i32; PANEL]; ROWS],
) {
    let (ones, shift) = (_mm256_set1_epi16(1), _mm256_set1_epi8(i8::MIN));
    let mut start = [_mm256_setzero_si256(); REGISTERS];
    for (start, sums) in start
        .iter_mut()
        .zip(code_sums.as_chunks::<8>().0.iter().skip(HALF * REGISTERS))
    {
        // SAFETY: `sums` is 32 bytes long, and the load needs no alignment.
        let sums = unsafe { _mm256_loadu_si256(std::ptr::from_ref(sums).cast::<__m256i>()) };
        *start = _mm256_slli_epi32::<7>(sums);
    }
    let mut totals = [start; ROWS];
    for (index, group) in panel.as_chunks::<{ GROUP * PANEL }>().0.iter().enumerate() {
        let signed = codes.each_ref().map(|row| {
            // SAFETY: a panel has HIDDEN / GROUP groups, so `index` is one of the row's groups.
            let four = unsafe { *row.as_chunks::<GROUP>().0.get_unchecked(index) };
            _mm256_xor_si256(_mm256_set1_epi32(i32::from_le_bytes(four)), shift)
        });
        let magnitudes = signed.map(|codes| _mm256_abs_epi8(codes));
        let registers = group.as_chunks::<32>().0.iter().skip(HALF * REGISTERS);
        for (register, bytes) in registers.take(REGISTERS).enumerate() {
            // SAFETY: `bytes` is 32 bytes long, and the load needs no alignment.
            let weights =
                unsafe { _mm256_loadu_si256(std::ptr::from_ref(bytes).cast::<__m256i>()) };
            for ((signed, magnitude), totals) in signed.iter().zip(magnitudes).zip(&mut totals) {
                let pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(weights, *signed));
                if let Some(total) = totals.get_mut(register) {
                    *total = _mm256_add_epi32(*total, _mm256_madd_epi16(pairs, ones));
                }
            }
        }
    }
    for (sums, totals) in sums.iter_mut().zip(totals) {
        let sums = sums
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .skip(HALF * REGISTERS);
        for (sums, total) in sums.zip(totals) {
            // SAFETY: `sums` is 32 bytes long, and the store needs no alignment.
            unsafe { _mm256_storeu_si256(std::ptr::from_mut(sums).cast::<__m256i>(), total) }
        }
    }
}
