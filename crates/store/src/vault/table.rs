//! Which namespaces are open: a bounded table, least recently used first out, one open at a time.
//!
//! INVARIANT: a namespace has one slot at most, and its file one connection at most. A slot that
//! was taken out is awaited until its file is closed, before it can come in again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use anchorhold_model::NamespaceId;

use super::handle::Handle;
use crate::Error;

/// The place of one namespace. Whoever holds the cell opens, closes or maintains its file.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) cell: Mutex<Option<Arc<Handle>>>,
}

/// A slot that is in use, and so stays in the table.
pub(super) struct Pin<'a> {
    table: &'a Table,
    namespace: NamespaceId,
    slot: Option<Arc<Slot>>,
}

struct Entry {
    slot: Arc<Slot>,
    used: u64,
}

#[derive(Default)]
struct Inner {
    entries: BTreeMap<NamespaceId, Entry>,
    order: BTreeMap<u64, NamespaceId>,
    closing: BTreeSet<NamespaceId>,
    ticks: u64,
    is_draining: bool,
}

pub(super) struct Table {
    inner: Mutex<Inner>,
    closed: Condvar,
    slots_max: usize,
}

impl Table {
    pub(super) fn new(slots_max: usize) -> Self {
        Self {
            inner: Mutex::default(),
            closed: Condvar::new(),
            slots_max: slots_max.max(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Namespaces in the table.
    pub(super) fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Counts uses: whatever is used later has a higher number.
    pub(super) fn ticks(&self) -> u64 {
        self.lock().ticks
    }

    /// Closes what was not used since `ticks` was this number. Answers how many.
    pub(super) fn close_unused(&self, ticks: u64) -> usize {
        let mut inner = self.lock();
        let unused: Vec<NamespaceId> = inner.order.range(..=ticks).map(|(_, id)| *id).collect();
        let victims: Vec<_> = unused
            .into_iter()
            .filter_map(|namespace| inner.remove_unused(namespace))
            .collect();
        drop(inner);
        let count = victims.len();
        self.close(victims);
        count
    }

    /// Pins the slot of a namespace as the one used last, and closes what is one too many.
    pub(super) fn pin(&self, namespace: NamespaceId) -> Pin<'_> {
        let mut inner = self.wait_closed(namespace);
        let slot = inner.touch(namespace);
        let victims = inner.evict(self.slots_max);
        drop(inner);
        self.close(victims);
        Pin {
            table: self,
            namespace,
            slot: Some(slot),
        }
    }

    /// Pins the slot of a namespace as the one used last if it is in the table; waits for nothing.
    pub(super) fn pin_at_hand(&self, namespace: NamespaceId) -> Option<Pin<'_>> {
        let mut inner = self.lock();
        let slot = inner
            .entries
            .contains_key(&namespace)
            .then(|| inner.touch(namespace));
        drop(inner);
        Some(Pin {
            table: self,
            namespace,
            slot: Some(slot?),
        })
    }

    /// Pins a slot for maintenance: counts as no use, and closes nothing.
    pub(super) fn pin_quietly(&self, namespace: NamespaceId) -> Pin<'_> {
        let mut inner = self.wait_closed(namespace);
        let slot = match inner.entries.get(&namespace) {
            Some(entry) => Arc::clone(&entry.slot),
            None => inner.touch(namespace),
        };
        Pin {
            table: self,
            namespace,
            slot: Some(slot),
        }
    }

    fn wait_closed(&self, namespace: NamespaceId) -> MutexGuard<'_, Inner> {
        let mut inner = self.lock();
        while inner.closing.contains(&namespace) {
            inner = self
                .closed
                .wait(inner)
                .unwrap_or_else(PoisonError::into_inner);
        }
        inner
    }

    /// Waits until nothing is in use, and closes everything.
    pub(super) fn drain(&self) {
        let mut inner = self.lock();
        inner.is_draining = true;
        loop {
            let victims = inner.evict(0);
            let is_empty = inner.entries.is_empty();
            drop(inner);
            self.close(victims);
            inner = self.lock();
            if is_empty {
                break;
            }
            if !inner.entries.keys().any(|id| inner.is_unused(id)) {
                inner = self
                    .closed
                    .wait(inner)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
        inner.is_draining = false;
    }

    /// Closes evicted slots outside of the lock, then lets their namespaces in again.
    fn close(&self, victims: Vec<(NamespaceId, Arc<Slot>)>) {
        if victims.is_empty() {
            return;
        }
        let namespaces: Vec<NamespaceId> = victims.iter().map(|(id, _)| *id).collect();
        drop(victims);
        let mut inner = self.lock();
        for namespace in namespaces {
            inner.closing.remove(&namespace);
        }
        drop(inner);
        self.closed.notify_all();
    }

    /// Takes a slot out if nobody else holds it.
    fn release(&self, namespace: NamespaceId, slot: Arc<Slot>) {
        // A cell that somebody holds right now is that somebody's to take out.
        let is_empty = slot.cell.try_lock().is_ok_and(|cell| cell.is_none());
        drop(slot);
        let mut inner = self.lock();
        let victims = if is_empty {
            inner.remove_unused(namespace).into_iter().collect()
        } else {
            inner.evict(self.slots_max)
        };
        let is_draining = inner.is_draining;
        drop(inner);
        self.close(victims);
        if is_draining {
            self.closed.notify_all();
        }
    }
}

impl Inner {
    fn touch(&mut self, namespace: NamespaceId) -> Arc<Slot> {
        self.ticks += 1;
        let used = self.ticks;
        let entry = self.entries.entry(namespace).or_insert_with(|| Entry {
            slot: Arc::default(),
            used,
        });
        self.order.remove(&entry.used);
        entry.used = used;
        self.order.insert(used, namespace);
        Arc::clone(&entry.slot)
    }

    /// Takes out the slots that are too many, least recently used first, skipping those in use.
    fn evict(&mut self, slots_max: usize) -> Vec<(NamespaceId, Arc<Slot>)> {
        let excess = self.entries.len().saturating_sub(slots_max);
        if excess == 0 {
            return Vec::new();
        }
        let unused: Vec<NamespaceId> = self
            .order
            .values()
            .filter(|namespace| self.is_unused(namespace))
            .take(excess)
            .copied()
            .collect();
        unused
            .into_iter()
            .filter_map(|namespace| self.remove_unused(namespace))
            .collect()
    }

    fn is_unused(&self, namespace: &NamespaceId) -> bool {
        // Pins are made under this lock alone, so a count of one stays one.
        self.entries
            .get(namespace)
            .is_some_and(|entry| Arc::strong_count(&entry.slot) == 1)
    }

    fn remove_unused(&mut self, namespace: NamespaceId) -> Option<(NamespaceId, Arc<Slot>)> {
        if !self.is_unused(&namespace) {
            return None;
        }
        let entry = self.entries.remove(&namespace)?;
        self.order.remove(&entry.used);
        self.closing.insert(namespace);
        Some((namespace, entry.slot))
    }
}

impl Pin<'_> {
    /// Holds the cell: nobody else opens, closes or maintains the file meanwhile.
    pub(super) fn cell(&self) -> Result<MutexGuard<'_, Option<Arc<Handle>>>, Error> {
        let slot = self.slot.as_ref().ok_or(Error::Unavailable)?;
        Ok(slot.cell.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The open handle; `None` also when somebody holds the cell just now.
    pub(super) fn handle_at_hand(&self) -> Option<Arc<Handle>> {
        self.slot.as_ref()?.cell.try_lock().ok()?.clone()
    }
}

impl Drop for Pin<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.table.release(self.namespace, slot);
        }
    }
}
