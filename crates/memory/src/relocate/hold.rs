//! What a move holds: its tenant, so that there is no other one, and a namespace that is to end.

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use anchorhold_identity::{Admin, Scope};
use anchorhold_model::{TenantId, limits};

use crate::{Engine, Error};

/// One move of a tenant at a time, and few at all.
pub(super) struct Moving<'a> {
    engine: &'a Engine,
    tenant: TenantId,
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        self.engine.moving().remove(&self.tenant);
    }
}

/// Nothing is written to a namespace while this is held.
struct Frozen<'a> {
    engine: &'a Engine,
    scope: &'a Scope<Admin>,
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        let catalogue = self.engine.store.catalogue();
        catalogue.thaw(self.scope.namespace());
    }
}

impl Engine {
    /// Destroys a namespace if nothing is kept there; nothing is written there meanwhile.
    pub(super) fn is_destroyed_empty(&self, scope: &Scope<Admin>) -> Result<bool, Error> {
        let namespace = scope.namespace();
        self.store.catalogue().freeze(namespace);
        let frozen = Frozen {
            engine: self,
            scope,
        };
        // What was let in before is on the disk once it is read from there.
        self.residents.forget(namespace);
        let is_empty = self.live_count(&scope.narrow())? == 0;
        if is_empty {
            self.erase_namespace(scope)?;
        }
        drop(frozen);
        Ok(is_empty)
    }

    pub(super) fn one_move(&self, tenant: TenantId) -> Option<Moving<'_>> {
        let mut moving = self.moving();
        let is_free = moving.len() < limits::MOVES_AT_ONCE_MAX && moving.insert(tenant);
        // Made only where it is meant: to drop it lets the next one in.
        is_free.then(|| Moving {
            engine: self,
            tenant,
        })
    }

    /// A set that is changed in single steps, so a panic cannot tear it.
    fn moving(&self) -> MutexGuard<'_, BTreeSet<TenantId>> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
