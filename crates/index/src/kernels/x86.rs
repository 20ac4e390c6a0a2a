//! The paths of x86-64: AVX2, and AVX-512 with VNNI.
#![expect(
    unsafe_code,
    reason = "intrinsics load through pointers, and functions compiled for a feature are called \
              after the feature was detected"
)]

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m256i, __m512i, _mm256_abs_epi8, _mm256_add_epi32, _mm256_castsi256_ps, _mm256_cmpeq_epi32,
    _mm256_load_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_movemask_ps,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256, _mm256_sign_epi8,
    _mm256_storeu_si256, _mm512_cmpeq_epi32_mask, _mm512_dpbusd_epi32, _mm512_load_si512,
    _mm512_reduce_add_epi32, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512,
    _mm512_sub_epi32, _mm512_xor_si512,
};

use super::{Block, Found, Line};

pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
}

pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vnni")
}

/// See [`super::Kernel::dot_rows`].
pub(super) fn dot_rows_avx2(query: &[Line], rows: &[Line], dots: &mut Vec<i32>) {
    assert!(has_avx2(), "AVX2 is missing");
    // SAFETY: the feature was just detected.
    unsafe { dot_rows_256(query, rows, dots) }
}

/// See [`super::Kernel::dot_rows`].
pub(super) fn dot_rows_avx512(query: &[Line], rows: &[Line], dots: &mut Vec<i32>) {
    assert!(has_avx512(), "AVX-512 is missing");
    // SAFETY: the features were just detected.
    unsafe { dot_rows_512(query, rows, dots) }
}

/// See [`super::Kernel::find_terms`].
pub(super) fn find_terms_avx2(terms: &[u32], blocks: &[Block], found: &mut Vec<Found>) {
    assert!(has_avx2(), "AVX2 is missing");
    // SAFETY: the feature was just detected.
    unsafe { find_terms_256(terms, blocks, found) }
}

/// See [`super::Kernel::find_terms`].
pub(super) fn find_terms_avx512(terms: &[u32], blocks: &[Block], found: &mut Vec<Found>) {
    assert!(has_avx512(), "AVX-512 is missing");
    // SAFETY: the features were just detected.
    unsafe { find_terms_512(terms, blocks, found) }
}

#[target_feature(enable = "avx2")]
fn dot_rows_256(query: &[Line], rows: &[Line], dots: &mut Vec<i32>) {
    let ones = _mm256_set1_epi16(1);
    dots.extend(rows.chunks_exact(query.len().max(1)).map(|row| {
        let mut sums = _mm256_setzero_si256();
        for (a, b) in query.iter().zip(row) {
            for (a, b) in halves(a).into_iter().zip(halves(b)) {
                // |a| * sign(a) b. Values are at least -127, so neither the sign nor the sum of two
                // products (at most 2 * 127 * 127) overflows.
                let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(b, a));
                sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, ones));
            }
        }
        let mut lanes = [0_i32; 8];
        // SAFETY: `lanes` holds the 32 bytes that an unaligned store writes.
        unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), sums) };
        lanes.iter().sum::<i32>()
    }));
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn dot_rows_512(query: &[Line], rows: &[Line], dots: &mut Vec<i32>) {
    let offset = _mm512_set1_epi8(i8::MIN);
    // VNNI multiplies unsigned by signed bytes: (q + 128) r is summed, and 128 r taken off again.
    dots.extend(rows.chunks_exact(query.len().max(1)).map(|row| {
        let mut sums = _mm512_setzero_si512();
        let mut excess = _mm512_setzero_si512();
        for (a, b) in query.iter().zip(row) {
            let row = load_512(b);
            let query = _mm512_xor_si512(load_512(a), offset);
            sums = _mm512_dpbusd_epi32(sums, query, row);
            excess = _mm512_dpbusd_epi32(excess, offset, row);
        }
        _mm512_reduce_add_epi32(_mm512_sub_epi32(sums, excess))
    }));
}

#[target_feature(enable = "avx2")]
fn find_terms_256(terms: &[u32], blocks: &[Block], found: &mut Vec<Found>) {
    for (block, lanes) in (0..).zip(blocks) {
        let pointer: *const __m256i = lanes.0.as_ptr().cast();
        // SAFETY: a block is 64 aligned bytes, two registers.
        let (low, high) = unsafe {
            (
                _mm256_load_si256(pointer),
                _mm256_load_si256(pointer.add(1)),
            )
        };
        for (term, &hash) in (0..).zip(terms) {
            let hash = _mm256_set1_epi32(hash.cast_signed());
            let low = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(low, hash)));
            let high = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(high, hash)));
            if low | high != 0 {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a mask of eight lanes has eight bits"
                )]
                let lanes = (low | high << 8) as u16;
                found.push(Found { term, block, lanes });
            }
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn find_terms_512(terms: &[u32], blocks: &[Block], found: &mut Vec<Found>) {
    for (block, lanes) in (0..).zip(blocks) {
        // SAFETY: a block is 64 aligned bytes.
        let register = unsafe { _mm512_load_si512(lanes.0.as_ptr().cast()) };
        let lanes_of =
            |hash: u32| _mm512_cmpeq_epi32_mask(register, _mm512_set1_epi32(hash.cast_signed()));
        // Most blocks hold none of the terms: one branch for four of them.
        let mut push = |term: u32, lanes: u16| {
            if lanes != 0 {
                found.push(Found { term, block, lanes });
            }
        };
        let (fours, rest) = terms.as_chunks::<4>();
        for (four, &[a, b, c, d]) in (0..).zip(fours) {
            let lanes = [lanes_of(a), lanes_of(b), lanes_of(c), lanes_of(d)];
            if lanes.iter().fold(0, |any, lanes| any | lanes) != 0 {
                for (term, lanes) in (four * 4..).zip(lanes) {
                    push(term, lanes);
                }
            }
        }
        let first = u32::try_from(terms.len() - rest.len()).unwrap_or(u32::MAX);
        for (term, &hash) in (first..).zip(rest) {
            push(term, lanes_of(hash));
        }
    }
}

#[target_feature(enable = "avx2")]
fn halves(line: &Line) -> [__m256i; 2] {
    let pointer: *const __m256i = line.0.as_ptr().cast();
    // SAFETY: a line is 64 aligned bytes, two registers.
    unsafe {
        [
            _mm256_load_si256(pointer),
            _mm256_load_si256(pointer.add(1)),
        ]
    }
}

#[target_feature(enable = "avx512f")]
fn load_512(line: &Line) -> __m512i {
    // SAFETY: a line is 64 aligned bytes.
    unsafe { _mm512_load_si512(line.0.as_ptr().cast()) }
}
