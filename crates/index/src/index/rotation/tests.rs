//! Bits of turned vectors keep the angles.

use proptest::collection::vec;
use proptest::prelude::*;

use super::Rotation;

fn differing(a: &[u64], b: &[u64]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

proptest! {
    #[test]
    fn the_share_of_differing_bits_is_near_the_angle(
        values in vec((-127_i8..=127, -127_i8..=127), 384),
        mixed in 0.0_f64..1.0,
        seed: u64,
    ) {
        let a: Vec<i8> = values.iter().map(|pair| pair.0).collect();
        #[expect(clippy::cast_possible_truncation, reason = "between two numbers of a byte")]
        let mix = |&(a, b): &(i8, i8)| {
            (f64::from(a) * mixed + f64::from(b) * (1.0 - mixed)) as i8
        };
        let b: Vec<i8> = values.iter().map(mix).collect();
        let dot = |a: &[i8], b: &[i8]| -> f64 {
            a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
        };
        let lengths = (dot(&a, &a) * dot(&b, &b)).sqrt();
        prop_assume!(lengths > 0.0);
        let angle = (dot(&a, &b) / lengths).clamp(-1.0, 1.0).acos();
        let rotation = Rotation::new(6, seed);
        let found = f64::from(differing(&rotation.code(&a), &rotation.code(&b))) / 384.0;
        // Six standard deviations.
        prop_assert!((found - angle / std::f64::consts::PI).abs() < 0.16, "{} {}", found, angle);
    }

    #[test]
    fn the_opposite_vector_has_the_opposite_bits(values in vec(-127_i8..=127, 1..300), seed: u64) {
        let rotation = Rotation::new(values.len().div_ceil(64), seed);
        let opposite: Vec<i8> = values.iter().map(|value| -value).collect();
        let (code, opposite) = (rotation.code(&values), rotation.code(&opposite));
        // Only a number that is exactly 0 counts as positive both times.
        prop_assert!(code.iter().zip(&opposite).all(|(a, b)| a | b == u64::MAX));
    }

    #[test]
    fn a_bit_counts_as_much_as_the_number_behind_it(
        values in vec(-127_i8..=127, 1..300),
        seed: u64,
    ) {
        let rotation = Rotation::new(values.len().div_ceil(64), seed);
        let weighed = rotation.weighed(&values);
        let bits: Vec<u64> = weighed.iter().map(|word| word.bits).collect();
        prop_assert_eq!(bits, rotation.code(&values));
        let turned = rotation.turned(&values);
        let most = turned.iter().map(|number| number.abs()).max().unwrap();
        for (place, number) in turned.iter().enumerate() {
            let planes = weighed[place / 64].planes.map(|plane| plane >> (place % 64) & 1);
            let count = planes[0] + 2 * planes[1] + 4 * planes[2];
            // One eighth of the largest for each step.
            let (least, above) = (u64::from(number.unsigned_abs()) * 8, u64::from(most.unsigned_abs()) + 1);
            prop_assert!(count * above <= least && least < (count + 1) * above);
        }
    }
}
