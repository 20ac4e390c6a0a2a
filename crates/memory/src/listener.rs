//! The tenant of a listener: the credential of requests that show none.

use std::sync::Arc;

use anchorhold_identity::{CredentialRecord, Directory as _, ListenerOpening, Presented};
use anchorhold_store::Error as StoreError;

use crate::audited::Deed;
use crate::{Engine, Error};

impl Engine {
    /// The credential of requests that show none on a listener of this tenant: made at the first start
    /// that says so, and the same ever after. `None` once somebody has revoked it, unless it is to be
    /// made anew.
    pub fn listener_key(
        &self,
        proof: &ListenerOpening,
        anew: bool,
    ) -> Result<Option<Arc<CredentialRecord>>, Error> {
        let catalogue = self.store.catalogue();
        let shown = Presented::Listener(proof.tenant());
        let found = catalogue
            .credential(&shown)
            .map_err(|_| Error::Overloaded)?;
        match found {
            Some(key) if key.is_living(self.clock.now()) => return Ok(Some(key)),
            // INVARIANT: what somebody has ended does not begin again by itself.
            Some(_) if !anew => return Ok(None),
            Some(_) | None => {}
        }
        let deed = Deed {
            actor: proof.actor(),
            verb: "listener_key_create",
            namespace: None,
            records: 0,
        };
        let create = || {
            catalogue
                .listener_key_create(proof)
                .map_err(|error| match error {
                    StoreError::NotFound => Error::TenantNotFound,
                    other => other.into(),
                })
        };
        self.audited(&deed, create).map(|(key, _)| Some(key))
    }
}
