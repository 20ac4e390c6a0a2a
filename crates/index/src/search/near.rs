//! The entries whose bits are nearest to the query's, and a few of the farthest.

use super::top::Top;
use crate::Index;
use crate::bitmap::Bitmap;
use crate::index::Large;

/// Slots that are scanned at a time: their distances stay in the first cache.
const SLOTS: usize = 4_096;
/// Slots that are passed over at once when none of them is near or far enough.
const RUN: usize = 32;

/// Both ends of the order by distance.
pub(super) struct Ends {
    pub(super) nearest: Vec<u32>,
    pub(super) farthest: Vec<u32>,
}

/// A distance and the slot it belongs to.
type Found = (u16, u32);

/// As many entries as asked for at each end; of equal distances the later entries.
pub(super) fn ends<P>(
    index: &Index<P>,
    large: &Large,
    visible: &Bitmap,
    vector: &[i8],
    (nearest, farthest): (usize, usize),
) -> Ends {
    let later = |a: &Found, b: &Found| index.key(b.1).cmp(&index.key(a.1));
    let mut near = Top::new(nearest, |a: &Found, b: &Found| {
        a.0.cmp(&b.0).then_with(|| later(a, b))
    });
    let mut far = Top::new(farthest, |a: &Found, b: &Found| {
        b.0.cmp(&a.0).then_with(|| later(a, b))
    });
    let query = large.code_of(vector);
    let mut distances = Vec::with_capacity(SLOTS);
    let lanes = SLOTS / 8 * query.len().max(1);
    for (first, codes) in (0_u32..).step_by(SLOTS).zip(large.codes.chunks(lanes)) {
        index.kernel.distances(&query, codes, &mut distances);
        for (first, run) in (first..).step_by(RUN).zip(distances.chunks(RUN)) {
            let low = near.bar().map_or(u16::MAX, |bar| bar.0);
            let high = far.bar().map_or(0, |bar| bar.0);
            let is_end = |&distance: &u16| distance <= low || distance >= high;
            if !run
                .iter()
                .fold(false, |any, distance| any | is_end(distance))
            {
                continue;
            }
            for (slot, distance) in (first..).zip(run) {
                if is_end(distance) && visible.contains(slot) {
                    near.offer((*distance, slot));
                    far.offer((*distance, slot));
                }
            }
        }
    }
    let slots = |found: Vec<Found>| found.into_iter().map(|found| found.1).collect();
    Ends {
        nearest: slots(near.sorted()),
        farthest: slots(far.sorted()),
    }
}
