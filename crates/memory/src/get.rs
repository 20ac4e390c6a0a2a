//! Shows one memory.

use anchorhold_identity::{Read, Scope};
use anchorhold_model::{Memory, RecordId};
use anchorhold_store::Sealed;

use crate::codec;
use crate::{Engine, Error};

impl Engine {
    /// The memory with this id in this namespace; an id of anybody else's is not found here.
    pub fn get(&self, scope: Option<&Scope<Read>>, id: RecordId) -> Result<Memory, Error> {
        let scope = scope.ok_or(Error::MemoryNotFound)?;
        let now = self.clock.now();
        let resident = self.resident(scope)?;
        let sealed = {
            let index = resident.index()?;
            let entry = index.get(&id).filter(|entry| !entry.facets.is_expired(now));
            entry
                .map(|entry| entry.payload.clone())
                .ok_or(Error::MemoryNotFound)?
        };
        self.open_memory(scope, &sealed)
    }

    /// Opens one sealed memory of the scope's namespace.
    pub(crate) fn open_memory(
        &self,
        scope: &Scope<Read>,
        sealed: &Sealed,
    ) -> Result<Memory, Error> {
        self.open_stored(scope, sealed)
            .map(codec::Stored::into_memory)
    }

    pub(crate) fn open_stored(
        &self,
        scope: &Scope<Read>,
        sealed: &Sealed,
    ) -> Result<codec::Stored, Error> {
        let body = self.store.vault().open(scope, sealed).inspect_err(|_| {
            // Sealed again since it was read, or broken: either way the disk is asked next time.
            self.residents.forget(scope.namespace());
        })?;
        codec::decode(&body, sealed.id, sealed.version)
    }
}
