//! The portable path, written so that the compiler can vectorise it.

use super::{Block, Found, Line};

/// See [`super::Kernel::dot_rows`].
pub(super) fn dot_rows(query: &[Line], rows: &[Line], dots: &mut Vec<i32>) {
    let dot = |row: &[Line]| -> i32 { query.iter().zip(row).map(|(a, b)| dot_line(a, b)).sum() };
    dots.extend(rows.chunks_exact(query.len().max(1)).map(dot));
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
