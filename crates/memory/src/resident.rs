//! A namespace in memory: its index and the ids that a write is busy with.
//!
//! `lru.rs` keeps as many of them as the settings allow, `load.rs` reads one from the vault.

mod load;
mod lru;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{
    Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::time::Duration;

use anchorhold_index::{Entry, Index, Settings};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Address, Facets, RecordId, Timestamp};
use anchorhold_store::{Head, Relocated};

use crate::Error;
use crate::body::Payload;
use crate::embedders::Space;
pub(crate) use lru::Residents;

/// One namespace in memory. Everything in it is a function of the live records alone.
pub(crate) struct Resident {
    address: Address,
    index: RwLock<Index<Payload>>,
    /// The model of the vectors in the index, while there are any; changed under its lock.
    model: AtomicU32,
    next_ordinal: AtomicU64,
    busy: Arc<Busy>,
    /// Records of writes that run, where they are counted.
    coming: AtomicUsize,
    index_bytes: AtomicUsize,
    body_bytes: AtomicUsize,
    /// The generation of the sealed bodies that the index holds.
    generation: AtomicU64,
}

/// The ids that writes are busy with. One for a namespace, whichever resident of it somebody holds: one
/// that was read anew knows of the writes that began before.
#[derive(Default)]
pub(crate) struct Busy {
    ids: Mutex<BTreeSet<RecordId>>,
    freed: Condvar,
}

/// Ids that one write holds; freed when it is dropped, whatever became of the write.
pub(crate) struct Claim<'a> {
    resident: &'a Resident,
    ids: Vec<RecordId>,
}

/// Room that one write has taken; given back when it is dropped, when the index holds what came of it.
pub(crate) struct Room<'a> {
    resident: &'a Resident,
    records: usize,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.resident
            .coming
            .fetch_sub(self.records, Ordering::SeqCst);
    }
}

impl Resident {
    /// Room for so many records more, if there are no more than `records_max` with those of other writes
    /// that run.
    pub(crate) fn room(&self, records: usize, records_max: u64) -> Result<Option<Room<'_>>, Error> {
        let before = self.coming.fetch_add(records, Ordering::SeqCst);
        let room = Room {
            resident: self,
            records,
        };
        let all = self.index()?.len() + before + records;
        let fits = u64::try_from(all).is_ok_and(|all| all <= records_max);
        Ok(fits.then_some(room))
    }

    fn new(
        address: Address,
        index: Index<Payload>,
        model: u32,
        (next_ordinal, generation): (u64, u64),
        busy: Arc<Busy>,
    ) -> Self {
        let index_bytes = AtomicUsize::new(index.bytes());
        let body_bytes = index.entries().map(|entry| entry.payload.bytes()).sum();
        Self {
            address,
            index: RwLock::new(index),
            model: AtomicU32::new(model),
            next_ordinal: AtomicU64::new(next_ordinal),
            busy,
            coming: AtomicUsize::new(0),
            index_bytes,
            body_bytes: AtomicUsize::new(body_bytes),
            generation: AtomicU64::new(generation),
        }
    }

    /// Whether the store has sealed records again that the index still holds as they were. A
    /// purge of another writer that has not been counted yet looks the same; then the namespace
    /// is read once more than needed.
    pub(crate) fn is_behind(&self, head: Head) -> bool {
        head.generation > self.generation.load(Ordering::Acquire)
    }

    /// The address it was loaded for.
    pub(crate) const fn address(&self) -> &Address {
        &self.address
    }

    /// The index, to read. A panic under the lock leaves it poisoned, and the namespace with it.
    pub(crate) fn index(&self) -> Result<RwLockReadGuard<'_, Index<Payload>>, Error> {
        self.index.read().map_err(|_| Error::NamespacePoisoned)
    }

    /// The index, to read, if nobody writes just now.
    pub(crate) fn index_at_hand(&self) -> Option<RwLockReadGuard<'_, Index<Payload>>> {
        self.index.try_read().ok()
    }

    fn index_mut(&self) -> Result<RwLockWriteGuard<'_, Index<Payload>>, Error> {
        self.index.write().map_err(|_| Error::NamespacePoisoned)
    }

    /// The memory with this id, if its time is not over.
    pub(crate) fn live(&self, id: &RecordId, now: Timestamp) -> Result<Option<Payload>, Error> {
        let index = self.index()?;
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::ExpiredIdTaken) {
            return Ok(index.get(id).map(|entry| Arc::clone(&entry.payload)));
        }
        let entry = index.get(id).filter(|entry| !entry.facets.is_expired(now));
        Ok(entry.map(|entry| Arc::clone(&entry.payload)))
    }

    /// The memories that fit and whose time is not over, in the order of arrival.
    pub(crate) fn live_entries(
        &self,
        now: Timestamp,
        fits: impl Fn(&Facets) -> bool,
    ) -> Result<Vec<(RecordId, Payload)>, Error> {
        let index = self.index()?;
        let live = index
            .entries()
            .filter(|entry| !entry.facets.is_expired(now) && fits(&entry.facets));
        let mut live: Vec<_> = live.collect();
        live.sort_by_key(|entry| (entry.facets.ordinal, entry.facets.id));
        let found = live.into_iter();
        let found = found.map(|entry| (entry.facets.id, Arc::clone(&entry.payload)));
        Ok(found.collect())
    }

    /// Those of these memories that are here as they were, over or not.
    pub(crate) fn carried_entries(
        &self,
        carried: &[Relocated],
    ) -> Result<Vec<(RecordId, Payload)>, Error> {
        let index = self.index()?;
        let found = carried.iter().filter_map(|one| {
            let entry = index.get(&one.id)?;
            let facets = &entry.facets;
            let is_same = facets.ordinal == one.ordinal && facets.version == one.version;
            is_same.then(|| (one.id, Arc::clone(&entry.payload)))
        });
        Ok(found.collect())
    }

    /// The memories whose time is over and that are still here, the longest over first.
    pub(crate) fn over(&self, now: Timestamp) -> Result<Vec<(RecordId, Payload)>, Error> {
        let index = self.index()?;
        let over = index.over(now);
        let over = over.map(|entry| (entry.facets.id, Arc::clone(&entry.payload)));
        Ok(over.collect())
    }

    /// The last place in the order of arrival that was given out.
    pub(crate) fn place(&self) -> u64 {
        self.next_ordinal.load(Ordering::Relaxed).saturating_sub(1)
    }

    /// The place of the next memory in the order of arrival.
    pub(crate) fn next_ordinal(&self) -> u64 {
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::SharedOrdinals) {
            return sabotage::share(3, |last| last + 1) + 1;
        }
        self.next_ordinal.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes a place that a memory had elsewhere; the next one comes behind it.
    pub(crate) fn reach(&self, ordinal: u64) -> u64 {
        let next = ordinal.saturating_add(1);
        self.next_ordinal.fetch_max(next, Ordering::Relaxed);
        ordinal
    }

    /// After a commit the next place is the one that a resident read from disk would give, so that
    /// nobody tells from an id whether the namespace was out of memory in between.
    pub(crate) fn caught_up(&self, head: Head) {
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::OrdinalTellsEviction) {
            return;
        }
        self.next_ordinal
            .fetch_max(head.sequence.saturating_add(1), Ordering::Relaxed);
    }

    /// Waits until no other write is busy with any of these ids, then holds them all: all or
    /// none, so that two writes never wait for each other. Who has waited for so long is told to
    /// come again: a write that embeds much must not keep workers waiting.
    pub(crate) fn claim(&self, mut ids: Vec<RecordId>, wait: Duration) -> Result<Claim<'_>, Error> {
        ids.sort_unstable();
        ids.dedup();
        let is_busy = |busy: &mut BTreeSet<RecordId>| ids.iter().any(|id| busy.contains(id));
        let waited = self
            .busy
            .freed
            .wait_timeout_while(self.busy(), wait, is_busy);
        let (mut busy, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(Error::Overloaded);
        }
        busy.extend(ids.iter().copied());
        Ok(Claim {
            resident: self,
            ids,
        })
    }

    /// Holds those of these ids that no other write is busy with.
    pub(crate) fn claim_free(&self, mut ids: Vec<RecordId>) -> Claim<'_> {
        ids.sort_unstable();
        ids.dedup();
        let mut busy = self.busy();
        ids.retain(|id| !busy.contains(id));
        busy.extend(ids.iter().copied());
        Claim {
            resident: self,
            ids,
        }
    }

    /// The set holds ids alone and is changed in single steps, so a panic cannot tear it.
    fn busy(&self) -> MutexGuard<'_, BTreeSet<RecordId>> {
        self.busy.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the vectors of the index can be compared; `None` while there is none whose time is not
    /// over. `index` is this resident's own, locked.
    pub(crate) fn space(&self, index: &Index<Payload>, now: Timestamp) -> Option<Space> {
        index.is_live(now).then(|| Space {
            model: self.model.load(Ordering::Relaxed),
            dimension: index.settings().dimension,
        })
    }

    /// Shows committed entries to readers.
    pub(crate) fn insert(&self, entries: Vec<Entry<Payload>>, space: Space) -> Result<(), Error> {
        let mut index = self.index_mut()?;
        if index.entries().next().is_none() {
            let language = index.settings().language;
            let dimension = space.dimension;
            *index = Index::new(Settings {
                dimension,
                language,
            });
            self.model.store(space.model, Ordering::Relaxed);
        }
        for entry in entries {
            self.grow(entry.payload.bytes());
            if let Some(replaced) = index.insert(entry)? {
                self.shrink(replaced.payload.bytes());
            }
        }
        self.index_bytes.store(index.bytes(), Ordering::Relaxed);
        Ok(())
    }

    /// Hides purged entries from readers.
    pub(crate) fn remove(&self, ids: &[RecordId]) -> Result<(), Error> {
        self.generation.fetch_add(1, Ordering::AcqRel);
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::DeleteLeavesVector) {
            return Ok(());
        }
        let mut index = self.index_mut()?;
        for id in ids {
            if let Some(removed) = index.remove(id) {
                self.shrink(removed.payload.bytes());
            }
        }
        self.index_bytes.store(index.bytes(), Ordering::Relaxed);
        Ok(())
    }

    /// Bodies were brought into memory.
    pub(crate) fn grow(&self, bytes: usize) {
        self.body_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn shrink(&self, bytes: usize) {
        self.body_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn bytes(&self) -> usize {
        let bodies = self.body_bytes.load(Ordering::Relaxed);
        self.index_bytes
            .load(Ordering::Relaxed)
            .saturating_add(bodies)
    }
}

impl Claim<'_> {
    /// The ids that are held, in their order.
    pub(crate) fn ids(&self) -> &[RecordId] {
        &self.ids
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut busy = self.resident.busy();
        for id in &self.ids {
            busy.remove(id);
        }
        drop(busy);
        self.resident.busy.freed.notify_all();
    }
}
