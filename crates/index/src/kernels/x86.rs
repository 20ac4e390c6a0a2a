//! The paths of x86-64: AVX2, and AVX-512 with VNNI and VPOPCNTDQ.
#![expect(
    unsafe_code,
    reason = "intrinsics load through pointers, and functions compiled for a feature are called \
              after the feature was detected"
)]

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m256i, __m512i, _MM_HINT_T0, _mm_prefetch, _mm256_abs_epi8, _mm256_add_epi8,
    _mm256_add_epi32, _mm256_add_epi64, _mm256_and_si256, _mm256_castsi256_ps, _mm256_cmpeq_epi32,
    _mm256_load_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_movemask_ps,
    _mm256_sad_epu8, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x,
    _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_sign_epi8,
    _mm256_srli_epi16, _mm256_storeu_si256, _mm256_xor_si256, _mm512_add_epi64,
    _mm512_cmpeq_epi32_mask, _mm512_cmpge_epu64_mask, _mm512_cmple_epu64_mask, _mm512_dpbusd_epi32,
    _mm512_load_si512, _mm512_maskz_compress_epi64, _mm512_or_si512, _mm512_popcnt_epi64,
    _mm512_reduce_add_epi32, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_epi64,
    _mm512_setr_epi64, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_storeu_si512,
    _mm512_xor_si512,
};

use super::{Block, Distance, Found, Lanes, Line, Weighed, row, scalar};

/// How many rows before it is needed a row is asked for.
const SOON: usize = 16;
/// How many lanes before they are needed lanes are asked for: what asks by itself stops at every page.
const LANES_SOON: usize = 48;
/// The same of whole vectors.
const ROWS_SOON: usize = 4;

pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt")
}

pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vnni")
        && is_x86_feature_detected!("avx512vpopcntdq")
        && is_x86_feature_detected!("popcnt")
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
    bars: (u32, u32),
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
    bars: (u32, u32),
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
    let soon = some
        .iter()
        .skip(ROWS_SOON)
        .map(Some)
        .chain(std::iter::repeat(None));
    dots.extend(some.iter().zip(soon).map(|(&number, soon)| {
        if let Some(&soon) = soon {
            let first = (soon as usize).saturating_mul(query.len());
            for line in 0..query.len() {
                prefetch(rows.as_ptr().wrapping_add(first + line));
            }
        }
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
    (low, high): (u32, u32),
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
        let is_end = |sum: u32| sum <= low || sum >= high;
        if lanes.iter().fold(false, |any, &sum| any | is_end(sum)) {
            let slots = lanes.into_iter().zip(first..);
            let ended = slots.filter(|&(sum, _)| is_end(sum));
            ends.extend(ended.map(|(sum, slot)| Distance::new(sum, slot)));
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni,avx512vpopcntdq,popcnt")]
fn find_ends_512(
    query: &[u64],
    codes: &[Lanes],
    first: u32,
    (low, high): (u32, u32),
    ends: &mut Vec<Distance>,
) {
    let lowest = _mm512_set1_epi64(i64::from(low));
    let highest = _mm512_set1_epi64(i64::from(high));
    let mut slots = _mm512_add_epi64(
        _mm512_set1_epi64(i64::from(first)),
        _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7),
    );
    let words = query.len().max(1);
    ends.reserve(codes.len() / words * 8);
    let mut count = 0;
    for group in codes.chunks_exact(words) {
        let mut sums = _mm512_setzero_si512();
        for (&query, lanes) in query.iter().zip(group) {
            prefetch(std::ptr::from_ref(lanes).wrapping_add(LANES_SOON));
            // SAFETY: lanes are 64 aligned bytes.
            let lanes = unsafe { _mm512_load_si512(lanes.0.as_ptr().cast()) };
            let differing = _mm512_xor_si512(lanes, _mm512_set1_epi64(query.cast_signed()));
            sums = _mm512_add_epi64(sums, _mm512_popcnt_epi64(differing));
        }
        // Where every twentieth is an end, no branch guesses in which eight there is one.
        let is_end = _mm512_cmple_epu64_mask(sums, lowest) | _mm512_cmpge_epu64_mask(sums, highest);
        let distances = _mm512_or_si512(_mm512_slli_epi64::<32>(sums), slots);
        let distances = _mm512_maskz_compress_epi64(is_end, distances);
        // SAFETY: there is room for eight distances of every group, and no more were counted before
        // this one.
        unsafe { _mm512_storeu_si512(ends.as_mut_ptr().add(count).cast(), distances) };
        count += is_end.count_ones() as usize;
        slots = _mm512_add_epi64(slots, _mm512_set1_epi64(8));
    }
    // SAFETY: as many were written, and a distance is a number of 64 bits as it is in the register.
    unsafe { ends.set_len(count) };
}

/// See [`super::Kernel::weigh`].
pub(super) fn weigh_avx2(query: &[Weighed], codes: &[u64], distances: &mut [Distance]) {
    assert!(has_avx2(), "AVX2 is missing");
    // SAFETY: the features were just detected.
    unsafe { weigh_popcnt(query, codes, distances) }
}

/// See [`super::Kernel::weigh`].
pub(super) fn weigh_avx512(query: &[Weighed], codes: &[u64], distances: &mut [Distance]) {
    assert!(has_avx512(), "AVX-512 is missing");
    // SAFETY: the features were just detected.
    unsafe { weigh_popcnt(query, codes, distances) }
}

/// What is read comes from all over the memory: it is asked for before it is needed.
#[target_feature(enable = "popcnt")]
fn weigh_popcnt(query: &[Weighed], codes: &[u64], distances: &mut [Distance]) {
    for place in 0..distances.len() {
        if let Some(soon) = distances.get(place + SOON) {
            let first = (soon.slot() as usize).saturating_mul(query.len());
            prefetch(codes.as_ptr().wrapping_add(first));
            prefetch(
                codes
                    .as_ptr()
                    .wrapping_add(first + query.len().saturating_sub(1)),
            );
        }
        if let Some(distance) = distances.get_mut(place) {
            scalar::weigh(query, codes, std::slice::from_mut(distance));
        }
    }
}

/// See [`super::Kernel::ask_for`].
pub(super) fn ask_for(block: &Block) {
    prefetch(std::ptr::from_ref(block));
}

/// Asks for the cache line at an address, which may be any.
fn prefetch<T>(pointer: *const T) {
    // SAFETY: it changes nothing, and no address makes it fail; SSE is part of x86-64.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(pointer.cast()) };
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "fewer than 2^32 bits are compared"
)]
const fn narrow(distance: u64) -> u32 {
    distance as u32
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
        prefetch(std::ptr::from_ref(lanes).wrapping_add(SOON));
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
