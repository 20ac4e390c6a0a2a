//! API keys of a tenant: create, bring, list, revoke.

use std::sync::Arc;

use anchorhold_crypto::Token;
use anchorhold_identity::{CredentialRecord, TenantAdmin};
use anchorhold_model::{BearerToken, KeyId};
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

    /// Maps a token that the tenant brings to one of its users. `Error::Invalid` while it leads to
    /// somebody.
    pub fn bearer_map(
        &self,
        proof: &TenantAdmin,
        new: NewKey,
        token: &BearerToken,
    ) -> Result<Arc<CredentialRecord>, Error> {
        let deed = Deed {
            actor: proof.actor(),
            verb: "bearer_map",
            namespace: None,
            records: 0,
        };
        let map = || match self.store.catalogue().bearer_map(proof, new, token) {
            Err(StoreError::Exists) => Err(Error::Invalid {
                field: "bearer_token",
                problem: "leads to a user already; revoke that key first, or take another token",
            }),
            mapped => Ok(mapped?),
        };
        self.audited(&deed, map).map(|(mapped, _)| mapped)
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
