//! The background checkpoint of logs that are due; needs no key.

use super::{NamespaceId, Vault};
use crate::Error;

impl Vault {
    /// Empties every write-ahead log that is too long or whose namespace is idle, also of
    /// namespaces that are not open. Answers how many; one that fails is tried again next time.
    pub fn checkpoint_due(&self) -> Result<usize, Error> {
        let mut done = 0;
        for namespace in self.logs.due() {
            if self.holds.is_held(namespace) {
                continue;
            }
            match self.checkpoint(namespace) {
                Ok(()) => done += 1,
                Err(error) => tracing::warn!(%error, "a checkpoint failed"),
            }
        }
        self.shred_again()?;
        Ok(done)
    }

    /// Empties the logs of all namespaces before a server ends, so that a copy of its directory holds
    /// whole files alone. Stops when `is_time` says no; what is left is read at the next open.
    pub fn checkpoint_all(&self, is_time: impl Fn() -> bool) {
        for namespace in self.logs.all() {
            if !is_time() {
                tracing::warn!("some logs were not emptied; the next start does it");
                return;
            }
            if let Err(error) = self.checkpoint(namespace) {
                tracing::warn!(%error, "a checkpoint failed");
            }
        }
    }

    fn checkpoint(&self, namespace: NamespaceId) -> Result<(), Error> {
        let pin = self.table.pin_quietly(namespace);
        let cell = pin.cell()?;
        // IMPORTANT: asked again while the cell is held, as it is when a hold begins; otherwise a
        // file that somebody reads as it lies would be written to.
        if self.holds.is_held(namespace) {
            return Ok(());
        }
        if !self.registry.is_living(namespace)? {
            self.logs.forget(namespace);
            return Ok(());
        }
        match cell.as_ref() {
            Some(handle) if !handle.is_poisoned() => handle.checkpoint(&self.logs),
            // Poisoned: its file is closed already.
            _ => {
                self.nursery.backend.checkpoint(namespace)?;
                self.logs.forget(namespace);
                Ok(())
            }
        }
    }
}
