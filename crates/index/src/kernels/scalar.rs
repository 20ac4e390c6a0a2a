//! The portable path, written so that the compiler can vectorise it.

use super::{Block, Distance, Found, Lanes, Line, Weighed, row};

/// See [`super::Kernel::dot_rows`].
pub(super) fn dot_rows(query: &[Line], rows: &[Line], some: &[u32], dots: &mut Vec<i32>) {
    let dot = |&number: &u32| -> i32 {
        let row = row(rows, number, query.len());
        query.iter().zip(row).map(|(a, b)| dot_line(a, b)).sum()
    };
    dots.extend(some.iter().map(dot));
}

/// See [`super::Kernel::find_ends`].
pub(super) fn find_ends(
    query: &[u64],
    codes: &[Lanes],
    first: u32,
    (low, high): (u32, u32),
    ends: &mut Vec<Distance>,
) {
    let groups = codes.chunks_exact(query.len().max(1));
    for (first, group) in (first..).step_by(8).zip(groups) {
        let mut sums = [0_u32; 8];
        for (query, lanes) in query.iter().zip(group) {
            for (sum, lane) in sums.iter_mut().zip(&lanes.0) {
                *sum += (lane ^ query).count_ones();
            }
        }
        let is_end = |sum: u32| sum <= low || sum >= high;
        if sums.iter().fold(false, |any, &sum| any | is_end(sum)) {
            let slots = sums.into_iter().zip(first..);
            let ended = slots.filter(|&(sum, _)| is_end(sum));
            ends.extend(ended.map(|(sum, slot)| Distance::new(sum, slot)));
        }
    }
}

/// See [`super::Kernel::weigh`].
#[inline]
pub(super) fn weigh(query: &[Weighed], codes: &[u64], distances: &mut [Distance]) {
    for distance in distances {
        let code = row(codes, distance.slot(), query.len());
        let words = query.iter().zip(code);
        let bits = words.map(|(query, &code)| query.distance(code)).sum();
        *distance = Distance::new(bits, distance.slot());
    }
}

fn dot_line(a: &Line, b: &Line) -> i32 {
    let products = a.0.iter().zip(&b.0);
    products.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum()
}

/// See [`super::Kernel::find_terms`].
pub(super) fn find_terms(terms: &[u32], blocks: &[Block], found: &mut Vec<Found>) {
    for (block, lanes) in (0..).zip(blocks) {
        for (term, &hash) in (0..).zip(terms) {
            if lanes
                .0
                .iter()
                .map(|&lane| u32::from(lane == hash))
                .sum::<u32>()
                > 0
            {
                let lanes = lanes
                    .0
                    .iter()
                    .rev()
                    .fold(0, |bits, &lane| bits << 1 | u16::from(lane == hash));
                found.push(Found { term, block, lanes });
            }
        }
    }
}
