//! Sums and extremes over 16 lanes.

use crate::shape::LANES;

/// Adds up the lanes in halves: 8 + 8, 4 + 4 and so on.
#[inline(always)]
pub(crate) fn sum(lanes: [f32; LANES]) -> f32 {
    fold(lanes, |a, b| a + b)
}

/// The greater number; as the processors' instruction does it, without care for NaN.
#[inline(always)]
pub(crate) fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The lesser number; as the processors' instruction does it, without care for NaN.
#[inline(always)]
pub(crate) fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// Combines all lanes in halves.
#[inline(always)]
pub(crate) fn fold(lanes: [f32; LANES], combine: impl Fn(f32, f32) -> f32) -> f32 {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = lanes;
    let eight = [
        combine(a, i),
        combine(b, j),
        combine(c, k),
        combine(d, l),
        combine(e, m),
        combine(f, n),
        combine(g, o),
        combine(h, p),
    ];
    let [a, b, c, d, e, f, g, h] = eight;
    combine(
        combine(combine(a, e), combine(c, g)),
        combine(combine(b, f), combine(d, h)),
    )
}
