//! The paths of x86-64: AVX2, and AVX-512 with VNNI and VPOPCNTDQ.
#![expect(
    unsafe_code,
    reason = "intrinsics load through pointers, and functions compiled for a feature are called \
              after the feature was detected"
)]

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m256i, __m512i, _mm_storeu_si128, _mm256_abs_epi8, _mm256_add_epi8, _mm256_add_epi32,
    _mm256_add_epi64, _mm256_and_si256, _mm256_castsi256_ps, _mm256_cmpeq_epi32, _mm256_load_si256,
    _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_movemask_ps, _mm256_sad_epu8, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setr_epi8,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_sign_epi8, _mm256_srli_epi16,
    _mm256_storeu_si256, _mm256_xor_si256, _mm512_add_epi64, _mm512_cmpeq_epi32_mask,
    _mm512_cmpge_epu64_mask, _mm512_cmple_epu64_mask, _mm512_cvtepi64_epi16, _mm512_dpbusd_epi32,
    _mm512_load_si512, _mm512_popcnt_epi64, _mm512_reduce_add_epi32, _mm512_set1_epi8,
    _mm512_set1_epi32, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_xor_si512,
};

use super::{Block, Distance, Found, Lanes, Line, row};

pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
}

pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vnni")
        && is_x86_feature_detected!("avx512vpopcntdq")
}

/// See [`super::Kernel::dot_rows`].
pub(super) fn dot_rows_avx2(query: &[Line], rows: &[Line], some: &[u32], dots: &mut Vec<i32>) {
    assert!(has_avx2(), "AVX2 is missing");
    // SAFETY: the feature was just detected.
    unsafe { dot_rows_256(query, rows, some, dots) }
}

/// See [`super::Kernel::dot_rows`].
pub(super) fn dot_rows_avx512(query: &[Line], rows: &[Line], some: &[u32], dots: &mut Vec<i32>) {
    assert!(has_avx512(), "AVX-512 is missing");
    // SAFETY: the features were just detected.
    unsafe { dot_rows_512(query, rows, some, dots) }
}

/// See [`super::Kernel::find_ends`].
pub(super) fn find_ends_avx2(
    query: &[u64],
    codes: &[Lanes],
    first: u32,
    bars: (u16, u16),
    ends: &mut Vec<Distance>,
) {
    assert!(has_avx2(), "AVX2 is missing");
    // SAFETY: the feature was just detected.
    unsafe { find_ends_256(query, codes, first, bars, ends) }
}

/// See [`super::Kernel::find_ends`].
pub(super) fn find_ends_avx512(
    query: &[u64],
    codes: &[Lanes],
    first: u32,
    bars: (u16, u16),
    ends: &mut Vec<Distance>,
) {
    assert!(has_avx512(), "AVX-512 is missing");
    // SAFETY: the features were just detected.
    unsafe { find_ends_512(query, codes, first, bars, ends) }
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
fn dot_rows_256(query: &[Line], rows: &[Line], some: &[u32], dots: &mut Vec<i32>) {
    let ones = _mm256_set1_epi16(1);
    dots.extend(some.iter().map(|&number| {
        let row = row(rows, number, query.len());
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
fn dot_rows_512(query: &[Line], rows: &[Line], some: &[u32], dots: &mut Vec<i32>) {
    let offset = _mm512_set1_epi8(i8::MIN);
    // VNNI multiplies unsigned by signed bytes: (r + 128) q is summed, and 128 q, which is the same
    // for every row, taken off again.
    let excess = query.iter().fold(_mm512_setzero_si512(), |sums, line| {
        _mm512_dpbusd_epi32(sums, offset, load_512(line))
    });
    let excess = _mm512_reduce_add_epi32(excess);
    dots.extend(some.iter().map(|&number| {
        let row = row(rows, number, query.len());
        if row.is_empty() {
            return 0;
        }
        let sums = query
            .iter()
            .zip(row)
            .fold(_mm512_setzero_si512(), |sums, (a, b)| {
                let row = _mm512_xor_si512(load_512(b), offset);
                _mm512_dpbusd_epi32(sums, row, load_512(a))
            });
        _mm512_reduce_add_epi32(sums) - excess
    }));
}

#[target_feature(enable = "avx2")]
fn find_ends_256(
    query: &[u64],
    codes: &[Lanes],
    first: u32,
    (low, high): (u16, u16),
    ends: &mut Vec<Distance>,
) {
    // Bits of each half of a byte, by its value.
    let bits = _mm256_setr_epi8(
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3,
        3, 4,
    );
    let half_byte = _mm256_set1_epi8(0x0f);
    let zero = _mm256_setzero_si256();
    let groups = codes.chunks_exact(query.len().max(1));
    for (first, group) in (first..).step_by(8).zip(groups) {
        let mut sums = [zero, zero];
        for (&query, lanes) in query.iter().zip(group) {
            let query = _mm256_set1_epi64x(query.cast_signed());
            let pointer: *const __m256i = lanes.0.as_ptr().cast();
            // SAFETY: lanes are 64 aligned bytes, two registers.
            let halves = unsafe {
                [
                    _mm256_load_si256(pointer),
                    _mm256_load_si256(pointer.add(1)),
                ]
            };
            for (sum, half) in sums.iter_mut().zip(halves) {
                let differing = _mm256_xor_si256(half, query);
                let lower = _mm256_and_si256(differing, half_byte);
                let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(differing), half_byte);
                let counts = _mm256_add_epi8(
                    _mm256_shuffle_epi8(bits, lower),
                    _mm256_shuffle_epi8(bits, upper),
                );
                *sum = _mm256_add_epi64(*sum, _mm256_sad_epu8(counts, zero));
            }
        }
        let mut lanes = [0_u64; 8];
        let pointer: *mut __m256i = lanes.as_mut_ptr().cast();
        // SAFETY: `lanes` holds the 64 bytes that two unaligned stores write.
        unsafe {
            _mm256_storeu_si256(pointer, sums[0]);
            _mm256_storeu_si256(pointer.add(1), sums[1]);
        }
        let lanes = lanes.map(narrow);
        let is_end = |sum: u16| sum <= low || sum >= high;
        if lanes.iter().fold(false, |any, &sum| any | is_end(sum)) {
            let slots = lanes.into_iter().zip(first..);
            ends.extend(slots.filter(|&(sum, _)| is_end(sum)));
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni,avx512vpopcntdq")]
fn find_ends_512(
    query: &[u64],
    codes: &[Lanes],
    first: u32,
    (low, high): (u16, u16),
    ends: &mut Vec<Distance>,
) {
    let lowest = _mm512_set1_epi64(i64::from(low));
    let highest = _mm512_set1_epi64(i64::from(high));
    let groups = codes.chunks_exact(query.len().max(1));
    for (first, group) in (first..).step_by(8).zip(groups) {
        let mut sums = _mm512_setzero_si512();
        for (&query, lanes) in query.iter().zip(group) {
            // SAFETY: lanes are 64 aligned bytes.
            let lanes = unsafe { _mm512_load_si512(lanes.0.as_ptr().cast()) };
            let differing = _mm512_xor_si512(lanes, _mm512_set1_epi64(query.cast_signed()));
            sums = _mm512_add_epi64(sums, _mm512_popcnt_epi64(differing));
        }
        let is_end = _mm512_cmple_epu64_mask(sums, lowest) | _mm512_cmpge_epu64_mask(sums, highest);
        if is_end == 0 {
            continue;
        }
        let mut lanes = [0_u16; 8];
        // SAFETY: `lanes` holds the 16 bytes that the store writes.
        unsafe { _mm_storeu_si128(lanes.as_mut_ptr().cast(), _mm512_cvtepi64_epi16(sums)) };
        let slots = (0..).zip(lanes.into_iter().zip(first..));
        ends.extend(slots.filter_map(|(lane, end)| (is_end >> lane & 1 == 1).then_some(end)));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "fewer than 2^16 bits are compared"
)]
const fn narrow(distance: u64) -> u16 {
    distance as u16
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
