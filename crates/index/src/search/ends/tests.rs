//! The end is what sorting everything by distance and then by age would give.

use std::cmp::Reverse;

use anchorhold_model::RecordId;
use proptest::collection::vec;
use proptest::prelude::*;

use super::End;
use crate::index::Key;
use crate::kernels::Distance;

proptest! {
    #[test]
    fn an_end_holds_the_smallest_and_of_equal_ones_the_later(
        // Few distances, so that many are equal at the bar.
        distances in vec(0_u32..6, 0..80),
        limit in 0_usize..20,
        older_first: bool,
        more in 0_usize..30,
    ) {
        let key = |slot: u32| -> Key {
            let ordinal = u64::from(if older_first { slot } else { 1_000 - slot });
            (ordinal, Reverse(RecordId::from_bytes([0; 16])))
        };
        let offered: Vec<(u32, u32)> = distances.into_iter().zip(0..).collect();
        let mut end = End::new(limit, 6);
        for &(bits, slot) in &offered {
            end.offer(Distance::new(bits, slot));
        }
        let mut expected = offered;
        expected.sort_by_key(|&(bits, slot)| (bits, Reverse(key(slot))));
        // As many as are as near as the last one, unless they are too many.
        let last = limit.checked_sub(1).and_then(|last| expected.get(last)).copied();
        let as_near = expected.iter().filter(|one| last.is_some_and(|last| one.0 <= last.0)).count();
        let taken = if as_near <= limit + more { as_near } else { limit };
        expected.truncate(if last.is_none() { limit } else { taken });
        expected.sort_unstable_by_key(|found| found.1);
        let found = end.kept(limit + more, key).into_iter();
        let found: Vec<(u32, u32)> = found.map(|found| (found.bits(), found.slot())).collect();
        prop_assert_eq!(found, expected);
    }
}
