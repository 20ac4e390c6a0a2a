//! Destroying namespaces: their keys, then their files. The catalogue's rows are gone already.

use std::sync::PoisonError;

use anchorhold_crypto::WrappingKey;
use anchorhold_model::TenantId;

use super::keys::state_key;
use super::state::State;
use super::{NamespaceId, Vault};
use crate::Error;

impl Vault {
    /// Waits for the commit under way of each namespace, closes it for good, destroys all keys at
    /// once and unlinks the files. Answers how many records there were, by their sealed states.
    ///
    /// INVARIANT: the rows were removed before, so nobody opens a namespace anew meanwhile, and
    /// what is left undone here (a crash, a full disk) is done by the next start or checkpoint.
    pub(crate) fn shred(&self, tenant: TenantId, namespaces: &[NamespaceId]) -> Result<u64, Error> {
        let wrapping = self.registry.wrapping_key(tenant)?;
        {
            let mut unfinished = self
                .unfinished
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            unfinished.extend(namespaces);
        }
        let mut records = 0_u64;
        for namespace in namespaces {
            records = records.saturating_add(self.close_for_good(*namespace, &wrapping));
        }
        self.shred_again()?;
        Ok(records)
    }

    /// Destroys namespaces whose erasure was begun and not finished.
    pub(crate) fn shred_erased(&self, namespaces: &[NamespaceId]) -> Result<(), Error> {
        for namespace in namespaces {
            let pin = self.table.pin_quietly(*namespace);
            if let Some(handle) = pin.cell()?.take() {
                handle.close_erased();
            }
        }
        self.unfinished
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(namespaces);
        self.shred_again()
    }

    /// Destroys what was given up and is not destroyed yet.
    pub(super) fn shred_again(&self) -> Result<(), Error> {
        let mut unfinished = self
            .unfinished
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if unfinished.is_empty() {
            return Ok(());
        }
        let namespaces: Vec<NamespaceId> = unfinished.iter().copied().collect();
        let removed = self.nursery.destroy(&namespaces)?;
        if let Err(error) = self.registry.bury(&namespaces) {
            // What the next start finds destroyed already, it only forgets.
            tracing::warn!(%error, "a tombstone stays until the next start");
        }
        for namespace in namespaces {
            unfinished.remove(&namespace);
            self.logs.forget(namespace);
        }
        drop(removed);
        Ok(())
    }

    /// A namespace whose state does not open counts as empty: it is destroyed all the same.
    fn close_for_good(&self, namespace: NamespaceId, wrapping: &WrappingKey) -> u64 {
        let pin = self.table.pin_quietly(namespace);
        let Ok(mut cell) = pin.cell() else {
            return 0;
        };
        let counted = match cell.take() {
            Some(handle) => handle.close_erased(),
            None => None,
        };
        counted
            .or_else(|| self.records_on_disk(namespace, wrapping).ok())
            .unwrap_or_default()
    }

    fn records_on_disk(
        &self,
        namespace: NamespaceId,
        wrapping: &WrappingKey,
    ) -> Result<u64, Error> {
        let key = self.nursery.keyring.unwrap(namespace, wrapping)?;
        let key = key.ok_or(Error::NotFound)?;
        let row = self.nursery.backend.state_of_closed(namespace)?;
        let state = State::open(&state_key(&key), namespace, &row)?;
        Ok(state.kept())
    }
}
