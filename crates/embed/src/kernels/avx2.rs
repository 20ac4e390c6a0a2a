//! AVX2: `vpmaddubsw`, whose 16 bits must hold the sum of two products.
//!
//! A pair of weights says how great a code may be (`weights::limits`, 129 or more); most codes
//! are below. What a code has above its limit, at most 126, is multiplied in a second pass over
//! the few groups of inputs that have such a code: 2 * 126 * 127 = 32,004 fits too, so the
//! result is exact.
#![expect(unsafe_code, reason = "processor intrinsics behind a run-time check")]
#![expect(
    clippy::cast_ptr_alignment,
    reason = "loads and stores here need no alignment"
)]

use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_cmpeq_epi32, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_set1_epi16,
    _mm256_set1_epi32, _mm256_setzero_si256, _mm256_storeu_si256, _mm256_subs_epu8,
};

use crate::shape::{GROUP, HIDDEN, PANEL};

use super::{Job, Multiply, Panel};

/// Outputs that one block sums up, and the registers that hold them, 8 each.
const BLOCK: usize = 32;
const REGISTERS: usize = BLOCK / 8;
/// Inputs whose limits are compared at once.
const COMPARED: usize = 32;

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
    fn panel(self, codes: &[[u8; HIDDEN]], panel: Panel<'_>, sums: &mut [[i32; PANEL]]) {
        // SAFETY: `self` exists only after `detect` found the feature that `multiply` enables.
        unsafe { multiply(codes, panel, sums) }
    }
}

/// Two rows at a time.
#[target_feature(enable = "avx2")]
fn multiply(codes: &[[u8; HIDDEN]], panel: Panel<'_>, sums: &mut [[i32; PANEL]]) {
    let (pairs, single) = codes.as_chunks::<2>();
    let (pair_sums, single_sums) = sums.as_chunks_mut::<2>();
    for (codes, sums) in pairs.iter().zip(pair_sums) {
        multiply_rows(codes, panel, sums);
    }
    for (codes, sums) in single.iter().zip(single_sums) {
        let (codes, sums) = (std::array::from_ref(codes), std::array::from_mut(sums));
        multiply_rows(codes, panel, sums);
    }
}

#[target_feature(enable = "avx2")]
fn multiply_rows<const ROWS: usize>(
    codes: &[[u8; HIDDEN]; ROWS],
    panel: Panel<'_>,
    sums: &mut [[i32; PANEL]; ROWS],
) {
    let parted = codes.each_ref().map(|row| part(row, panel.limits));
    multiply_half::<0, ROWS>(&parted, panel.weights, sums);
    multiply_half::<1, ROWS>(&parted, panel.weights, sums);
}

/// A row of codes, parted at the limits.
struct Parted {
    /// Each code, or its limit where that is less.
    within: [u8; HIDDEN],
    /// What is left.
    above: [u8; HIDDEN],
    /// Four bits for every group of inputs of which something is left.
    groups: [u32; HIDDEN / COMPARED],
}

#[target_feature(enable = "avx2")]
fn part(codes: &[u8; HIDDEN], limits: &[u8; HIDDEN]) -> Parted {
    let mut parted = Parted {
        within: [0; HIDDEN],
        above: [0; HIDDEN],
        groups: [0; HIDDEN / COMPARED],
    };
    let within = parted.within.as_chunks_mut().0.iter_mut();
    let to = within
        .zip(parted.above.as_chunks_mut().0)
        .zip(&mut parted.groups);
    let from = codes.as_chunks().0.iter().zip(limits.as_chunks().0);
    for (((within, above), groups), (codes, limits)) in to.zip(from) {
        let (codes, limits) = (load(codes), load(limits));
        let left = _mm256_subs_epu8(codes, limits);
        store(within, _mm256_min_epu8(codes, limits));
        store(above, left);
        let none = _mm256_cmpeq_epi32(left, _mm256_setzero_si256());
        *groups = !(_mm256_movemask_epi8(none) as u32);
    }
    parted
}

/// The first (`HALF` 0) or second (1) 32 outputs of a panel.
#[target_feature(enable = "avx2")]
fn multiply_half<const HALF: usize, const ROWS: usize>(
    rows: &[Parted; ROWS],
    weights: &[u8; HIDDEN * PANEL],
    sums: &mut [[i32; PANEL]; ROWS],
) {
    let mut totals = [[_mm256_setzero_si256(); REGISTERS]; ROWS];
    let groups = weights.as_chunks::<{ GROUP * PANEL }>().0;
    for (index, group) in groups.iter().enumerate() {
        let fours = rows.each_ref().map(|row| four(&row.within, index));
        for (register, bytes) in half::<HALF>(group).enumerate() {
            let weights = load(bytes);
            for (four, totals) in fours.iter().zip(&mut totals) {
                if let Some(total) = totals.get_mut(register) {
                    *total = _mm256_add_epi32(*total, products(*four, weights));
                }
            }
        }
    }
    for ((row, totals), sums) in rows.iter().zip(&mut totals).zip(sums) {
        for (block, left) in row.groups.iter().enumerate() {
            let mut left = *left;
            while left != 0 {
                let within = left.trailing_zeros() as usize / GROUP;
                left &= !(0xf << (within * GROUP));
                let index = block * (COMPARED / GROUP) + within;
                let Some(group) = groups.get(index) else {
                    continue;
                };
                let four = four(&row.above, index);
                for (total, bytes) in totals.iter_mut().zip(half::<HALF>(group)) {
                    *total = _mm256_add_epi32(*total, products(four, load(bytes)));
                }
            }
        }
        let sums = sums.as_chunks_mut::<8>().0.iter_mut();
        for (sums, total) in sums.skip(HALF * REGISTERS).zip(totals) {
            // SAFETY: `sums` is 32 bytes long, and the store needs no alignment.
            unsafe { _mm256_storeu_si256(std::ptr::from_mut(sums).cast::<__m256i>(), *total) }
        }
    }
}

/// The registers of one half of a group of weights.
#[inline]
fn half<const HALF: usize>(group: &[u8; GROUP * PANEL]) -> impl Iterator<Item = &[u8; 32]> {
    let registers = group.as_chunks().0.iter();
    registers.skip(HALF * REGISTERS).take(REGISTERS)
}

/// The codes of a group, once for every output.
#[inline]
#[target_feature(enable = "avx2")]
fn four(codes: &[u8; HIDDEN], group: usize) -> __m256i {
    let four = codes.as_chunks::<GROUP>().0.get(group).copied();
    _mm256_set1_epi32(i32::from_le_bytes(four.unwrap_or_default()))
}

/// Four products of each output, added up.
#[inline]
#[target_feature(enable = "avx2")]
fn products(codes: __m256i, weights: __m256i) -> __m256i {
    _mm256_madd_epi16(_mm256_maddubs_epi16(codes, weights), _mm256_set1_epi16(1))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: `bytes` is 32 bytes long, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(std::ptr::from_ref(bytes).cast::<__m256i>()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(bytes: &mut [u8; 32], register: __m256i) {
    // SAFETY: `bytes` is 32 bytes long, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(std::ptr::from_mut(bytes).cast::<__m256i>(), register) }
}
