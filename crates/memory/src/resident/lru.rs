//! The namespaces in memory: at most so many, at most so many bytes, the longest unused go first.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

use anchorhold_model::{Address, NamespaceId};
use anchorhold_store::give_back;

use super::{Busy, Resident};
use crate::Error;

/// Residents by namespace. Who holds the `Arc` of one keeps it from being evicted.
pub(crate) struct Residents {
    count_max: usize,
    bytes_max: usize,
    inner: Mutex<Inner>,
    loaded: Condvar,
    /// Of the namespaces that anybody holds a resident of.
    busy: Mutex<BTreeMap<NamespaceId, Weak<Busy>>>,
}

#[derive(Default)]
struct Inner {
    slots: BTreeMap<NamespaceId, Slot>,
    /// Use stamp to namespace, oldest first; only of slots that are ready.
    order: BTreeMap<u64, NamespaceId>,
    stamp: u64,
    bytes: usize,
}

enum Slot {
    /// One request loads it; the others wait. The number tells this load from a later one.
    Loading(u64),
    Ready {
        resident: Arc<Resident>,
        stamp: u64,
        bytes: usize,
    },
}

/// What was taken out of memory and is still to be given back.
///
/// INVARIANT: never under the lock: zeroing a large namespace takes longer than any request should
/// wait for another tenant.
#[must_use]
#[derive(Default)]
struct Left {
    residents: Vec<Arc<Resident>>,
    bytes: usize,
}

impl Left {
    fn give_back(self) {
        give_back(
            self.residents,
            u64::try_from(self.bytes).unwrap_or(u64::MAX),
        );
    }
}

impl Residents {
    pub(crate) fn new(count_max: usize, bytes_max: usize) -> Self {
        let inner = Mutex::new(Inner::default());
        Self {
            count_max: count_max.max(1),
            bytes_max,
            inner,
            loaded: Condvar::new(),
            busy: Mutex::default(),
        }
    }

    /// The ids that writes of a namespace are busy with: the same for all its residents.
    pub(crate) fn busy(&self, namespace: NamespaceId) -> Arc<Busy> {
        let mut all = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(busy) = all.get(&namespace).and_then(Weak::upgrade) {
            return busy;
        }
        // Now and then, so that the map is never much larger than what is held.
        if all.len().is_power_of_two() {
            all.retain(|_, one| one.strong_count() > 0);
        }
        let busy = Arc::default();
        all.insert(namespace, Arc::downgrade(&busy));
        busy
    }

    /// The resident of a namespace; `load` runs once for all that ask meanwhile.
    pub(crate) fn get(
        &self,
        namespace: NamespaceId,
        load: impl FnOnce() -> Result<Resident, Error>,
    ) -> Result<Arc<Resident>, Error> {
        let mut inner = self.lock();
        loop {
            match inner.slots.get(&namespace) {
                Some(Slot::Ready { .. }) => {
                    if let Some(resident) = inner.touch(namespace) {
                        return Ok(resident);
                    }
                }
                Some(Slot::Loading(_)) => {
                    inner = self
                        .loaded
                        .wait(inner)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                None => break,
            }
        }
        inner.stamp += 1;
        let ticket = inner.stamp;
        inner.slots.insert(namespace, Slot::Loading(ticket));
        drop(inner);
        // Dropped on every way out, a panic too, so that nobody waits for ever.
        let loading = Loading {
            residents: self,
            namespace,
            ticket,
        };
        let resident = Arc::new(load()?);
        self.settle(namespace, ticket, &resident);
        drop(loading);
        Ok(resident)
    }

    /// The resident of a namespace if it is in memory.
    pub(crate) fn at_hand(&self, namespace: NamespaceId) -> Option<Arc<Resident>> {
        self.lock().touch(namespace)
    }

    /// Puts a loaded resident into its slot, unless it was forgotten meanwhile, and makes room.
    fn settle(&self, namespace: NamespaceId, ticket: u64, resident: &Arc<Resident>) {
        let mut inner = self.lock();
        if !matches!(inner.slots.get(&namespace), Some(Slot::Loading(own)) if *own == ticket) {
            return;
        }
        inner.stamp += 1;
        let (stamp, bytes) = (inner.stamp, resident.bytes());
        inner.bytes += bytes;
        inner.order.insert(stamp, namespace);
        let slot = Slot::Ready {
            resident: Arc::clone(resident),
            stamp,
            bytes,
        };
        inner.slots.insert(namespace, slot);
        let left = inner.evict(self.count_max, self.bytes_max);
        drop(inner);
        left.give_back();
    }

    /// After a commit that was shown in `written`: if that is no longer the namespace's resident,
    /// the one that is may have been read before the commit, and is read again.
    ///
    /// INVARIANT: every writer calls this between its commit and its answer, so an acknowledged
    /// record is in the resident of the namespace or will be read into it.
    pub(crate) fn confirm(&self, namespace: NamespaceId, written: &Arc<Resident>) {
        let mut inner = self.lock();
        if !inner.is_current(namespace, written) {
            let left = inner.remove([namespace]);
            drop(inner);
            self.loaded.notify_all();
            left.give_back();
        }
    }

    /// Whether this is still what requests find for the namespace.
    pub(crate) fn is_current(&self, namespace: NamespaceId, resident: &Arc<Resident>) -> bool {
        self.lock().is_current(namespace, resident)
    }

    /// Takes a namespace out of memory; a load that runs will not be kept.
    pub(crate) fn forget(&self, namespace: NamespaceId) {
        let left = self.lock().remove([namespace]);
        self.loaded.notify_all();
        left.give_back();
    }

    /// Takes all namespaces out of memory whose address fits, and all that are being loaded.
    pub(crate) fn forget_where(&self, fits: impl Fn(&Address) -> bool) {
        let mut inner = self.lock();
        let doomed: Vec<NamespaceId> = inner
            .slots
            .iter()
            .filter(|(_, slot)| match slot {
                Slot::Loading(_) => true,
                Slot::Ready { resident, .. } => fits(resident.address()),
            })
            .map(|(namespace, _)| *namespace)
            .collect();
        let left = inner.remove(doomed);
        drop(inner);
        self.loaded.notify_all();
        left.give_back();
    }

    /// Counts uses: whatever is used later has a higher number.
    pub(crate) fn uses(&self) -> u64 {
        self.lock().stamp
    }

    /// Takes out of memory what was not used since `uses` was this number, unless somebody holds
    /// it. Answers how many.
    pub(crate) fn evict_unused(&self, uses: u64) -> usize {
        let mut inner = self.lock();
        let order = inner.order.range(..=uses).map(|(_, namespace)| *namespace);
        let unused: Vec<NamespaceId> = order.filter(|one| inner.is_idle(*one)).collect();
        let count = unused.len();
        let left = inner.remove(unused);
        drop(inner);
        left.give_back();
        count
    }

    /// Everything that is in memory now, for chores.
    pub(crate) fn all(&self) -> Vec<(NamespaceId, Arc<Resident>)> {
        let inner = self.lock();
        let ready = inner
            .slots
            .iter()
            .filter_map(|(namespace, slot)| match slot {
                Slot::Ready { resident, .. } => Some((*namespace, Arc::clone(resident))),
                Slot::Loading(_) => None,
            });
        ready.collect()
    }

    /// The map is changed in whole steps; a panic between them leaves a slot that `Loading` mends.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frees a slot that is still loading when the load ends without a resident.
struct Loading<'a> {
    residents: &'a Residents,
    namespace: NamespaceId,
    ticket: u64,
}

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        let mut inner = self.residents.lock();
        if matches!(inner.slots.get(&self.namespace), Some(Slot::Loading(own)) if *own == self.ticket)
        {
            inner.slots.remove(&self.namespace);
        }
        drop(inner);
        self.residents.loaded.notify_all();
    }
}

impl Inner {
    fn is_current(&self, namespace: NamespaceId, held: &Arc<Resident>) -> bool {
        matches!(
            self.slots.get(&namespace),
            Some(Slot::Ready { resident, .. }) if Arc::ptr_eq(resident, held)
        )
    }

    /// Stamps a ready slot as used now, and takes its size anew.
    fn touch(&mut self, namespace: NamespaceId) -> Option<Arc<Resident>> {
        self.stamp += 1;
        let now = self.stamp;
        let Some(Slot::Ready {
            resident,
            stamp,
            bytes,
        }) = self.slots.get_mut(&namespace)
        else {
            return None;
        };
        self.order.remove(stamp);
        self.order.insert(now, namespace);
        *stamp = now;
        let size = resident.bytes();
        self.bytes = self.bytes.saturating_sub(*bytes).saturating_add(size);
        *bytes = size;
        Some(Arc::clone(resident))
    }

    /// Whether a namespace is in memory and nobody holds it.
    fn is_idle(&self, namespace: NamespaceId) -> bool {
        matches!(
            self.slots.get(&namespace),
            Some(Slot::Ready { resident, .. }) if Arc::strong_count(resident) == 1
        )
    }

    fn remove(&mut self, namespaces: impl IntoIterator<Item = NamespaceId>) -> Left {
        let mut left = Left::default();
        for namespace in namespaces {
            if let Some(Slot::Ready {
                resident,
                stamp,
                bytes,
            }) = self.slots.remove(&namespace)
            {
                self.order.remove(&stamp);
                self.bytes = self.bytes.saturating_sub(bytes);
                left.bytes += bytes;
                left.residents.push(resident);
            }
        }
        left
    }

    /// Evicts the longest unused residents that nobody holds.
    ///
    /// IMPORTANT: a held one stays: a write that holds it will show its records there, and a
    /// second resident loaded meanwhile would miss them.
    fn evict(&mut self, count_max: usize, bytes_max: usize) -> Left {
        let mut over = self.order.len().saturating_sub(count_max);
        let mut idle = Vec::new();
        let mut bytes = self.bytes;
        for namespace in self.order.values() {
            if over == 0 && bytes <= bytes_max {
                break;
            }
            let Some(Slot::Ready {
                resident,
                bytes: size,
                ..
            }) = self.slots.get(namespace)
            else {
                continue;
            };
            if Arc::strong_count(resident) == 1 {
                idle.push(*namespace);
                over = over.saturating_sub(1);
                bytes = bytes.saturating_sub(*size);
            }
        }
        self.remove(idle)
    }
}
