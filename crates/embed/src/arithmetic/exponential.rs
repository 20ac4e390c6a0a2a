//! The exponential function as a polynomial.

use super::lanes::greater;

/// Adding this rounds a small float to an integer that then sits in its lowest bits.
const ROUND: f32 = 12_582_912.0;
/// ln 2 in two parts, the first with few bits, so that `n * LN2_HIGH` is exact.
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
/// Chebyshev fit of e^r on |r| <= ln 2 / 2, ascending powers.
const COEFFICIENTS: [f32; 6] = [
    1.000_000_1,
    1.0,
    0.499_988_65,
    0.166_664_14,
    0.041_918_077,
    0.008_375_219,
];

/// e^x for x <= 0, relative error below 3e-7; below -87 it stays at e^-87.
#[inline(always)]
pub(crate) fn exponential(x: f32) -> f32 {
    let x = greater(x, -87.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let power = rounded - ROUND;
    let rest = (x - power * LN2_HIGH) - power * LN2_LOW;
    let [c0, c1, c2, c3, c4, c5] = COEFFICIENTS;
    let value = ((((c5 * rest + c4) * rest + c3) * rest + c2) * rest + c1) * rest + c0;
    // The integer in the low bits, moved into the exponent: 2^power.
    value * f32::from_bits(rounded.to_bits().wrapping_add(127) << 23)
}
