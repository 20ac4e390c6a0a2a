//! Which entries there are at this moment.

use anchorhold_model::Timestamp;

use crate::bitmap::Bitmap;
use crate::{Index, Kept};

/// The unexpired entries.
pub(super) struct Live {
    /// Their slots.
    pub(super) slots: Bitmap,
    /// The slots of expired ones that were not removed yet.
    pub(super) expired: Vec<u32>,
    /// How many live ones there are.
    pub(super) count: usize,
    /// Terms of all live ones.
    pub(super) terms: u64,
}

impl Live {
    pub(super) fn of<P>(index: &Index<P>, now: Timestamp) -> Self {
        let mut live = Self {
            slots: index.alive.clone(),
            expired: index.expired(now).collect(),
            count: index.len(),
            terms: index.terms,
        };
        for &slot in &live.expired {
            live.slots.remove(slot);
            live.count -= 1;
            let row = index.rows.get(slot as usize);
            live.terms -= row.map_or(0, |row| u64::from(row.terms));
        }
        live
    }
}

impl<P> Index<P> {
    /// The entries whose time is over and that were not removed yet, the longest over first.
    pub fn over(&self, now: Timestamp) -> impl Iterator<Item = &Kept<P>> {
        self.expired(now).filter_map(|slot| self.kept(slot))
    }

    /// Whether there is an entry whose time is not over.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expired(now).count() < self.len()
    }

    /// The slots of entries that expired until now and were not removed yet.
    pub(crate) fn expired(&self, now: Timestamp) -> impl Iterator<Item = u32> {
        let until = (now.milliseconds(), u32::MAX);
        self.expiring.range(..=until).map(|&(_, slot)| slot)
    }
}
