//! Deletes one memory.

use anchorhold_identity::{Erase, Scope};
use anchorhold_model::RecordId;

use crate::forget::Why;
use crate::{Engine, Error};

impl Engine {
    /// Deletes one memory; gone from every index when this returns.
    pub fn delete(&self, scope: Option<&Scope<Erase>>, id: RecordId) -> Result<(), Error> {
        let scope = scope.ok_or(Error::MemoryNotFound)?;
        let now = self.clock.now();
        match self
            .purge("delete", scope, vec![id], Why::Asked, &|facets| {
                !facets.is_expired(now)
            })?
            .as_slice()
        {
            [] => Err(Error::MemoryNotFound),
            _ => Ok(()),
        }
    }
}
