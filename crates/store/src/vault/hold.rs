//! Holding off checkpoints of one namespace, so that its database file stands still while it is
//! read, and writes go on into its log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{NamespaceId, Vault};
use crate::Error;

/// The namespaces whose files are read as they lie.
#[derive(Default)]
pub(super) struct Holds(Mutex<BTreeMap<NamespaceId, Held>>);

#[derive(Clone, Copy, Default)]
struct Held {
    readers: usize,
    /// The file was written to all the same.
    is_broken: bool,
}

/// The file of a namespace stands still until this is dropped.
pub(super) struct Hold {
    holds: Arc<Holds>,
    namespace: NamespaceId,
}

impl Holds {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<NamespaceId, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, namespace: NamespaceId) -> Hold {
        self.lock().entry(namespace).or_default().readers += 1;
        Hold {
            holds: Arc::clone(self),
            namespace,
        }
    }

    /// Whether a checkpoint has to wait.
    pub(super) fn is_held(&self, namespace: NamespaceId) -> bool {
        self.lock().contains_key(&namespace)
    }

    /// Says that the file is about to be written to, held or not: after a failed commit nothing
    /// else may be believed.
    pub(super) fn break_open(&self, namespace: NamespaceId) {
        if let Some(held) = self.lock().get_mut(&namespace) {
            held.is_broken = true;
        }
    }
}

impl Hold {
    /// Whether the file stood still all the time.
    pub(super) fn is_whole(&self) -> bool {
        let holds = self.holds.lock();
        holds
            .get(&self.namespace)
            .is_some_and(|held| !held.is_broken)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut holds = self.holds.lock();
        if let Some(held) = holds.get_mut(&self.namespace) {
            held.readers = held.readers.saturating_sub(1);
            if held.readers == 0 {
                holds.remove(&self.namespace);
            }
        }
    }
}

impl Vault {
    /// Brings everything that is stored into the database file and lets it stand still. Writers
    /// wait for that checkpoint, and no longer. `before` is asked while nobody has the file open,
    /// if nobody has; when it refuses, nothing is changed.
    pub(super) fn hold(
        &self,
        namespace: NamespaceId,
        before: impl FnOnce() -> Result<(), Error>,
    ) -> Result<Hold, Error> {
        let pin = self.table.pin_quietly(namespace);
        let cell = pin.cell()?;
        if !self.registry.is_living(namespace)? {
            return Err(Error::Void);
        }
        let hold = self.holds.take(namespace);
        match cell.as_ref().filter(|handle| !handle.is_poisoned()) {
            Some(handle) => handle.checkpoint(&self.logs)?,
            None => {
                self.nursery.backend.draft_finish(namespace)?;
                before()?;
                self.nursery.backend.checkpoint(namespace)?;
                self.logs.forget(namespace);
            }
        }
        Ok(hold)
    }
}
