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
    let halve = |lanes: &mut [f32], half: usize| {
        let (front, back) = lanes.split_at_mut(half);
        for (to, other) in front.iter_mut().zip(back) {
            *to = combine(*to, *other);
        }
    };
    let mut lanes = lanes;
    for half in [8, 4, 2, 1] {
        halve(&mut lanes, half);
    }
    let [folded, ..] = lanes;
    folded
}
