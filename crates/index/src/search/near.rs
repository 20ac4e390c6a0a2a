//! The entries whose bits are nearest to the query's, and a few of the farthest.

use super::ends::End;
use crate::Index;
use crate::bitmap::Bitmap;
use crate::index::Large;

/// Slots that are scanned at a time, before what is found among them makes the bars narrower.
const SLOTS: usize = 512;

/// Both ends of the order by distance.
pub(super) struct Ends {
    pub(super) nearest: Vec<u32>,
    pub(super) farthest: Vec<u32>,
}

/// As many entries as asked for at each end; of equal distances the later entries.
pub(super) fn ends<P>(
    index: &Index<P>,
    large: &Large,
    visible: &Bitmap,
    vector: &[i8],
    (nearest, farthest): (usize, usize),
) -> Ends {
    let (mut near, mut far) = (End::new(nearest), End::new(farthest));
    let query = large.code_of(vector);
    let mut found = Vec::new();
    let lanes = SLOTS / 8 * query.len().max(1);
    for (first, codes) in (0_u32..).step_by(SLOTS).zip(large.codes.chunks(lanes)) {
        let bars = (near.bar(), u16::MAX - far.bar());
        index
            .kernel
            .find_ends(&query, codes, first, bars, &mut found);
        for &(distance, slot) in &found {
            if visible.contains(slot) {
                near.offer((distance, slot));
                far.offer((u16::MAX - distance, slot));
            }
        }
    }
    Ends {
        nearest: near.slots(|slot| index.key(slot)),
        farthest: far.slots(|slot| index.key(slot)),
    }
}
