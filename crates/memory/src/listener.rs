//! The tenant of a listener, and that of an application: the credential of requests that show none.

use std::sync::Arc;

use anchorhold_identity::{
    Actor, CredentialRecord, Directory as _, Hook, ListenerOpening, Presented,
};
use anchorhold_store::{Catalogue, Error as StoreError};

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
        let shown = Presented::Listener(proof.tenant());
        let deed = (proof.actor(), "listener_key_create");
        self.key_without_token(&shown, deed, anew, |catalogue| {
            catalogue.listener_key_create(proof)
        })
    }

    /// The same of requests that come through the application of this tenant.
    pub fn hook_key(
        &self,
        proof: &Hook,
        anew: bool,
    ) -> Result<Option<Arc<CredentialRecord>>, Error> {
        let shown = Presented::Application(proof.tenant());
        let deed = (proof.actor(), "hook_key_create");
        self.key_without_token(&shown, deed, anew, |catalogue| {
            catalogue.hook_key_create(proof)
        })
    }

    fn key_without_token(
        &self,
        shown: &Presented,
        (actor, verb): (&Actor, &'static str),
        anew: bool,
        create: impl FnOnce(&Catalogue) -> Result<Arc<CredentialRecord>, StoreError>,
    ) -> Result<Option<Arc<CredentialRecord>>, Error> {
        let catalogue = self.store.catalogue();
        let found = catalogue.credential(shown).map_err(|_| Error::Overloaded)?;
        match found {
            Some(key) if key.is_living(self.clock.now()) => return Ok(Some(key)),
            // INVARIANT: what somebody has ended does not begin again by itself.
            Some(_) if !anew => return Ok(None),
            Some(_) | None => {}
        }
        let deed = Deed {
            actor,
            verb,
            namespace: None,
            records: 0,
        };
        let create = || {
            create(catalogue).map_err(|error| match error {
                StoreError::NotFound => Error::TenantNotFound,
                other => other.into(),
            })
        };
        self.audited(&deed, create).map(|(key, _)| Some(key))
    }
}
