//! Every path multiplies exactly, which makes all paths equal.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Dispatch, Job, Kernels, Multiply, Panel};
use crate::shape::{HIDDEN, PANEL};
use crate::weights::{limits, pack};

/// One multiplication, to be run on a path.
struct One<'a> {
    codes: &'a [[u8; HIDDEN]],
    panel: Panel<'a>,
    sums: &'a mut [[i32; PANEL]],
}

impl Job for One<'_> {
    #[inline(always)]
    fn run(self, multiply: impl Multiply) {
        multiply.panel(self.codes, self.panel, self.sums);
    }
}

/// The product by definition, in plain 64-bit arithmetic.
fn expected(codes: &[u8], weights: &[i8]) -> Vec<i64> {
    let product = |row: &[u8], channel: &[i8]| -> i64 {
        row.iter()
            .zip(channel)
            .map(|(code, weight)| i64::from(*code) * i64::from(*weight))
            .sum()
    };
    let rows = codes.chunks_exact(HIDDEN);
    rows.flat_map(|row| {
        weights
            .chunks_exact(HIDDEN)
            .map(|channel| product(row, channel))
    })
    .collect()
}

fn assert_exact_on_every_path(codes: &[u8], weights: &[i8]) {
    let packed = pack(weights).expect("one panel");
    let weights_packed = packed.first_chunk().expect("one panel");
    let limits = limits(weights_packed);
    let expected = expected(codes, weights);
    for dispatch in Dispatch::available() {
        let rows = codes.as_chunks().0;
        let mut sums = vec![[-1; PANEL]; rows.len()];
        Kernels::new(dispatch).expect("available").run(One {
            codes: rows,
            panel: Panel {
                weights: weights_packed,
                limits: &limits,
            },
            sums: &mut sums,
        });
        let found: Vec<i64> = sums
            .as_flattened()
            .iter()
            .map(|sum| i64::from(*sum))
            .collect();
        assert_eq!(found, expected, "{dispatch}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_path_gives_the_exact_product(
        (codes, weights) in (0_usize..15).prop_flat_map(|rows| {
            (vec(any::<u8>(), rows * HIDDEN), vec(-127_i8..=127, HIDDEN * PANEL))
        })
    ) {
        assert_exact_on_every_path(&codes, &weights);
    }

    #[test]
    fn extremes_neither_saturate_nor_wrap(
        (codes, weights) in (1_usize..8).prop_flat_map(|rows| {
            let code = prop_oneof![Just(0_u8), Just(1), Just(127), Just(128), Just(255)];
            let weight = prop_oneof![Just(-127_i8), Just(127), Just(0)];
            (vec(code, rows * HIDDEN), vec(weight, HIDDEN * PANEL))
        })
    ) {
        assert_exact_on_every_path(&codes, &weights);
    }
}

#[test]
fn the_largest_sums_of_all_are_exact() {
    for (code, weight) in [(255, 127), (255, -127), (0, 127), (0, -127)] {
        assert_exact_on_every_path(&vec![code; 7 * HIDDEN], &vec![weight; HIDDEN * PANEL]);
    }
}

#[test]
fn plain_code_is_always_available_and_comes_last() {
    assert_eq!(Dispatch::available().last(), Some(&Dispatch::Portable));
}
