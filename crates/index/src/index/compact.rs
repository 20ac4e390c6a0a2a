//! Closes the gaps that removed entries left.

use super::{NONE, slot_number};
use crate::Index;
use crate::bitmap::Bitmap;

/// Gaps that are never worth a copy of all arrays.
const GAPS_MIN: usize = 8;

impl<P> Index<P> {
    /// Closes the gaps once there are more of them than entries: every entry is moved at most once
    /// for each that was removed, and the arrays are never more than twice as long as they need be.
    pub(super) fn compact_if_sparse(&mut self) {
        let gaps = self.rows.len() - self.slots.len();
        if gaps > self.slots.len().max(GAPS_MIN) {
            self.compact();
        }
    }

    fn compact(&mut self) {
        let mut moved = vec![NONE; self.rows.len()];
        for (to, from) in (0..).zip(self.alive.iter()) {
            if let Some(moved) = moved.get_mut(from as usize) {
                *moved = to;
            }
        }
        let to = |from: u32| moved.get(from as usize).copied().unwrap_or(NONE);
        let stride = self.stride();
        // The smaller number never comes after the larger one: nothing is overwritten unread.
        for from in self.alive.iter() {
            let lines = from as usize * stride..(from as usize + 1) * stride;
            self.matrix.copy_within(lines, to(from) as usize * stride);
        }
        self.matrix.truncate(self.slots.len() * stride);
        let mut kept = moved.iter().map(|&to| to != NONE);
        self.keys.retain(|_| kept.next() == Some(true));
        let mut kept = moved.iter().map(|&to| to != NONE);
        self.rows.retain(|_| kept.next() == Some(true));
        self.entries.retain(Option::is_some);
        self.postings.compact(to);
        for (slot, row) in (0..).zip(&mut self.rows) {
            row.first_block = slot_number(self.postings.first_block(slot));
        }
        self.order.retain_mut(|slot| {
            *slot = to(*slot);
            *slot != NONE
        });
        for slot in self.slots.values_mut() {
            *slot = to(*slot);
        }
        self.turns.compact(to);
        self.columns.clear();
        if self.slots.len() <= self.stage.above / 2 {
            self.large = None;
        }
        if let Some(large) = &mut self.large {
            large.compact(slot_number(moved.len()), self.slots.len(), to);
        }
        let expiring = self.expiring.iter();
        self.expiring = expiring.map(|&(time, slot)| (time, to(slot))).collect();
        self.alive = Bitmap::ones(self.slots.len());
    }
}
