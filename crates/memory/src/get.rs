//! Shows one memory.

use std::sync::Arc;

use anchorhold_identity::{Read, Scope};
use anchorhold_model::{Memory, RecordId};

use crate::{Engine, Error};

impl Engine {
    /// The memory with this id in this namespace; an id of anybody else's is not found here.
    pub fn get(&self, scope: Option<&Scope<Read>>, id: RecordId) -> Result<Memory, Error> {
        let scope = scope.ok_or(Error::MemoryNotFound)?;
        let now = self.clock.now();
        let resident = self.resident(scope)?;
        let body = {
            let index = resident.index()?;
            let entry = index.get(&id).filter(|entry| !entry.facets.is_expired(now));
            entry
                .map(|entry| Arc::clone(&entry.payload))
                .ok_or(Error::MemoryNotFound)?
        };
        self.open_memory(scope, &resident, (id, body))
    }
}
