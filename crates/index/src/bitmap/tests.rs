//! Sets of bits are sets.

use std::collections::BTreeSet;

use proptest::collection::btree_set;
use proptest::prelude::*;

use super::{Bitmap, Ranked};

fn bitmap(numbers: &BTreeSet<u32>) -> Bitmap {
    let mut bitmap = Bitmap::default();
    for &number in numbers {
        assert!(bitmap.insert(number));
        assert!(!bitmap.insert(number));
    }
    bitmap
}

fn numbers(bitmap: &Bitmap) -> BTreeSet<u32> {
    bitmap.iter().collect()
}

proptest! {
    #[test]
    fn a_bitmap_is_a_set(a in btree_set(0_u32..300, 0..80), b in btree_set(0_u32..300, 0..80)) {
        let changed = |change: fn(&mut Bitmap, &Bitmap)| {
            let mut changed = bitmap(&a);
            change(&mut changed, &bitmap(&b));
            prop_assert_eq!(changed.count(), changed.iter().count());
            Ok(numbers(&changed))
        };
        prop_assert_eq!(changed(Bitmap::unite)?, &a | &b);
        prop_assert_eq!(changed(Bitmap::intersect)?, &a & &b);
        prop_assert_eq!(changed(Bitmap::subtract)?, &a - &b);
        prop_assert_eq!(changed(|a, b| {
            for one in b.iter() {
                a.remove(one);
            }
        })?, &a - &b);
    }

    #[test]
    fn a_member_stands_after_the_smaller_ones(
        mut set in btree_set(0_u32..300, 0..80),
        first in 0_u32..140,
    ) {
        set.extend(0..first);
        let ranked = Ranked::new(bitmap(&set));
        for number in 0..310 {
            let position = set.contains(&number).then(|| set.range(..number).count());
            prop_assert_eq!(ranked.position(number), position);
            prop_assert_eq!(ranked.bitmap().contains(number), position.is_some());
        }
    }

    #[test]
    fn sets_by_rule_hold_what_the_rule_says(bits in 0_usize..300) {
        let below = u32::try_from(bits).unwrap();
        prop_assert_eq!(numbers(&Bitmap::ones(bits)), (0..below).collect());
        prop_assert_eq!(numbers(&Bitmap::zeros(bits)), BTreeSet::new());
        let odd = Bitmap::collect(bits, |number| number % 2 == 1);
        prop_assert_eq!(numbers(&odd), (0..below).filter(|number| number % 2 == 1).collect());
    }
}
