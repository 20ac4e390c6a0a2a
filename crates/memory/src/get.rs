//! Shows one memory.

use std::sync::Arc;

use anchorhold_identity::{Read, Scope};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Memory, RecordId};

use crate::{Engine, Error};

impl Engine {
    /// The memory with this id in this namespace; an id of anybody else's is not found here.
    pub fn get(&self, scope: Option<&Scope<Read>>, id: RecordId) -> Result<Memory, Error> {
        let scope = scope.ok_or(Error::MemoryNotFound)?;
        self.read("get", scope, || self.got(scope, id))
    }

    fn got(&self, scope: &Scope<Read>, id: RecordId) -> Result<Memory, Error> {
        let now = self.clock.now();
        let resident = self.resident(scope)?;
        let body = {
            let index = resident.index()?;
            #[cfg(feature = "sabotage")]
            if sabotage::is(Bug::GetTellsForeignIds)
                && index.get(&id).is_none()
                && self.is_anywhere(scope, id)
            {
                return Err(Error::VersionConflict);
            }
            let entry = index.get(&id).filter(|entry| !entry.facets.is_expired(now));
            entry
                .map(|entry| Arc::clone(&entry.payload))
                .ok_or(Error::MemoryNotFound)?
        };
        self.open_memory(scope, &resident, (id, body))
    }

    /// Whether another namespace in memory holds this id.
    #[cfg(feature = "sabotage")]
    pub(crate) fn is_anywhere(&self, scope: &Scope<Read>, id: RecordId) -> bool {
        let others = self.residents.all().into_iter();
        others
            .filter(|(namespace, _)| *namespace != scope.namespace())
            .any(|(_, other)| other.index().is_ok_and(|index| index.get(&id).is_some()))
    }
}
