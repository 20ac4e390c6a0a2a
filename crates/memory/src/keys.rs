//! API keys of a tenant: create, list, revoke.

use std::sync::Arc;

use anchorhold_crypto::Token;
use anchorhold_identity::{CredentialRecord, TenantAdmin};
use anchorhold_model::KeyId;
use anchorhold_store::{Error as StoreError, NewKey};

use crate::audited::Deed;
use crate::{Engine, Error};

impl Engine {
    /// Creates a key. The token is given here and never again.
    pub fn key_create(
        &self,
        proof: &TenantAdmin,
        new: NewKey,
    ) -> Result<(Token, Arc<CredentialRecord>), Error> {
        let deed = Deed {
            actor: proof.actor(),
            verb: "key_create",
            namespace: None,
            records: 0,
        };
        let create = || Ok(self.store.catalogue().key_create(proof, new)?);
        self.audited(&deed, create).map(|(created, _)| created)
    }

    /// The living keys of a tenant, oldest first.
    pub fn key_list(&self, proof: &TenantAdmin) -> Result<Vec<Arc<CredentialRecord>>, Error> {
        Ok(self.store.catalogue().key_list(proof)?)
    }

    /// Revokes a key; the next request with it is refused.
    pub fn key_revoke(&self, proof: &TenantAdmin, key: KeyId) -> Result<(), Error> {
        let deed = Deed {
            actor: proof.actor(),
            verb: "key_revoke",
            namespace: None,
            records: 0,
        };
        let revoke = || {
            self.store
                .catalogue()
                .key_revoke(proof, key)
                .map_err(|error| match error {
                    StoreError::NotFound => Error::KeyNotFound,
                    other => other.into(),
                })
        };
        self.audited(&deed, revoke).map(|((), _)| ())
    }
}
