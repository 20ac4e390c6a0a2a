//! The end is what sorting everything by distance and then by age would give.

use std::cmp::Reverse;

use anchorhold_model::RecordId;
use proptest::collection::vec;
use proptest::prelude::*;

use super::End;
use crate::index::Key;

proptest! {
    #[test]
    fn an_end_holds_the_smallest_and_of_equal_ones_the_later(
        // Few distances, so that many are equal at the bar.
        distances in vec(0_u16..6, 0..80),
        limit in 0_usize..20,
        older_first: bool,
    ) {
        let key = |slot: u32| -> Key {
            let ordinal = u64::from(if older_first { slot } else { 1_000 - slot });
            (ordinal, Reverse(RecordId::from_bytes([0; 16])))
        };
        let offered: Vec<(u16, u32)> = distances.into_iter().zip(0..).collect();
        let mut end = End::new(limit);
        for &found in &offered {
            end.offer(found);
        }
        let mut expected = offered;
        expected.sort_by_key(|&(distance, slot)| (distance, Reverse(key(slot))));
        expected.truncate(limit);
        let mut expected: Vec<u32> = expected.into_iter().map(|found| found.1).collect();
        expected.sort_unstable();
        prop_assert_eq!(end.slots(key), expected);
    }
}
