//! Chores that no request asked for: checkpoints, and sweeping what has expired.

use std::sync::Arc;

use anchorhold_identity::{Erase, SystemAuthority};
use anchorhold_model::{Facets, RecordId, limits};

use crate::{Engine, Error};

/// The chores of one engine, under the authority of the process.
pub struct Chores {
    engine: Arc<Engine>,
    authority: SystemAuthority,
}

/// What one round of chores did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Write-ahead logs checkpointed.
    pub checkpoints: usize,
    /// Expired memories deleted.
    pub expired: usize,
}

impl Engine {
    /// The chores of this engine.
    pub fn chores(self: &Arc<Self>, authority: SystemAuthority) -> Chores {
        Chores {
            engine: Arc::clone(self),
            authority,
        }
    }
}

impl Chores {
    /// One round; call it about every second. An error leaves the rest for the next round.
    pub fn tick(&self) -> Result<Done, Error> {
        let checkpoints = self.engine.store.vault().checkpoint_due()?;
        let expired = self.sweep()?;
        Ok(Done {
            checkpoints,
            expired,
        })
    }

    /// Deletes what has expired in the namespaces that are in memory; the others are swept when
    /// they are next read, and nobody sees an expired memory before.
    fn sweep(&self) -> Result<usize, Error> {
        let now = self.engine.clock.now();
        let mut swept = 0;
        for (namespace, resident) in self.engine.residents.all() {
            let mut expired: Vec<RecordId> = {
                let index = resident.index()?;
                let facets = index.entries().map(|entry| &entry.facets);
                facets
                    .filter(|facets| facets.is_expired(now))
                    .map(|facets| facets.id)
                    .collect()
            };
            if expired.is_empty() {
                continue;
            }
            expired.truncate(limits::COMMIT_RECORDS_MAX);
            let scope = self
                .authority
                .scope::<Erase>(namespace, resident.address().clone());
            let is_expired = |facets: &Facets| facets.is_expired(now);
            match self.engine.purge("expire", &scope, expired, &is_expired) {
                Ok(gone) => swept += gone.len(),
                // One namespace that cannot be swept does not keep the others from it.
                Err(error) => tracing::warn!(%error, "a namespace was not swept"),
            }
        }
        Ok(swept)
    }
}
