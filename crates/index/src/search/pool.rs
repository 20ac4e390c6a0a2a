//! The entries that are scored. Later arrays have one place for each, by slot.

use crate::bitmap::{Bitmap, Ranked};

/// Entries that may be found, and where each of them stands.
pub(super) struct Pool {
    pub(super) slots: Vec<u32>,
    members: Ranked,
    /// By position, which are ranked; the others lend their scores to those beside them.
    candidates: Option<Vec<bool>>,
}

impl Pool {
    pub(super) fn new(members: Bitmap) -> Self {
        Self {
            slots: members.iter().collect(),
            members: Ranked::new(members),
            candidates: None,
        }
    }

    /// A pool of which a part is ranked.
    pub(super) fn of_candidates(members: Bitmap, candidates: &Bitmap) -> Self {
        let mut pool = Self::new(members);
        let is_candidate = |&slot: &u32| candidates.contains(slot);
        pool.candidates = Some(pool.slots.iter().map(is_candidate).collect());
        pool
    }

    /// Whether the entry at a position is ranked.
    pub(super) fn ranks(&self, position: usize) -> bool {
        let candidates = self.candidates.as_ref();
        candidates.is_none_or(|candidates| candidates.get(position) == Some(&true))
    }

    /// The slots of the entries that are ranked.
    pub(super) fn candidates(&self) -> Bitmap {
        let mut candidates = self.members.bitmap().clone();
        for (position, &slot) in self.slots.iter().enumerate() {
            if !self.ranks(position) {
                candidates.remove(slot);
            }
        }
        candidates
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.slots.len()
    }

    /// The position of a slot's entry.
    pub(super) fn position(&self, slot: u32) -> Option<usize> {
        self.members.position(slot)
    }
}
