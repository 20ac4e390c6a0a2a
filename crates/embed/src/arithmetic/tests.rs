//! The approximations against the functions they stand for.

use proptest::prelude::*;

use super::exponential::exponential;
use super::gelu::gelu;
use super::lanes;
use super::norm::layer_norm;
use super::quantise::Codes;
use crate::shape::{HIDDEN, LANES};
use crate::weights::Norm;

/// The error function by its Taylor series, which converges for every argument used here.
fn error_function(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}

#[test]
fn gelu_stays_within_its_stated_error() {
    for step in -9000..=9000 {
        let x = step as f32 / 1000.0;
        // Beyond 5 the series loses digits; the function is 0 or x there.
        let phi = match x {
            x if x > 5.5 => 1.0,
            x if x < -5.5 => 0.0,
            x => 0.5 * (1.0 + error_function(f64::from(x) / std::f64::consts::SQRT_2)),
        };
        let error = (f64::from(gelu(x)) - f64::from(x) * phi).abs();
        assert!(error < 1e-5, "gelu({x}) is off by {error}");
    }
}

#[test]
fn exponential_stays_within_its_stated_error() {
    for step in 0..=87_000 {
        let x = -(step as f32) / 1000.0;
        let exact = f64::from(x).exp();
        let error = (f64::from(exponential(x)) - exact).abs() / exact;
        assert!(error < 3e-7, "e^{x} is off by {error}");
    }
    assert!(exponential(-1e30) < 1e-37);
}

#[test]
fn lanes_are_folded_without_losing_one() {
    let lanes: [f32; LANES] = std::array::from_fn(|lane| (1_u32 << lane) as f32);
    assert!((lanes::sum(lanes) - 65_535.0).abs() < f32::EPSILON);
    assert!((lanes::fold(lanes, lanes::greater) - 32_768.0).abs() < f32::EPSILON);
    assert!((lanes::fold(lanes, lanes::lesser) - 1.0).abs() < f32::EPSILON);
}

#[test]
fn a_normalised_row_has_mean_zero_and_variance_one() {
    let mut row: [f32; HIDDEN] = std::array::from_fn(|place| ((place * 37) % 101) as f32 - 20.0);
    layer_norm(
        &mut row,
        &Norm {
            gain: [1.0; HIDDEN],
            shift: [0.0; HIDDEN],
        },
    );
    let mean = row.iter().sum::<f32>() / HIDDEN as f32;
    let variance = row.iter().map(|value| value * value).sum::<f32>() / HIDDEN as f32;
    assert!(
        mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-4,
        "{mean} {variance}"
    );
}

proptest! {
    #[test]
    fn a_code_is_at_most_half_a_step_from_its_value(
        values in proptest::collection::vec(-50.0_f32..50.0, HIDDEN),
        factors in proptest::collection::vec(0.01_f32..10.0, HIDDEN),
        spread in prop_oneof![Just(0.0_f32), Just(1e-25), Just(1e-6), Just(1.0), Just(1e6)],
    ) {
        let mut row = [0.0; HIDDEN];
        let mut columns = [0.0; HIDDEN];
        for (to, value) in row.iter_mut().zip(&values) { *to = value * spread; }
        columns.copy_from_slice(&factors);
        let mut codes = Codes::default();
        codes.fill(&columns, &[row]);
        let scale = codes.scales[0];
        prop_assert!(scale.scale.is_finite() && scale.scale > 0.0);
        for ((code, value), factor) in codes.rows[0].iter().zip(row).zip(columns) {
            prop_assert!(*code >= 1);
            let back = (i32::from(*code) - scale.zero) as f32 * scale.scale;
            prop_assert!((back - value * factor).abs() <= scale.scale * 1.01);
        }
    }
}
