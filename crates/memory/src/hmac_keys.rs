//! Keys with which a tenant's backends sign requests: create, list, revoke.

use anchorhold_identity::{HmacKey, TenantAdmin};
use anchorhold_model::KeyId;
use anchorhold_store::Error as StoreError;

use crate::audited::Deed;
use crate::{Engine, Error};

fn deed<'a>(proof: &'a TenantAdmin, verb: &'static str) -> Deed<'a> {
    Deed {
        actor: proof.actor(),
        verb,
        namespace: None,
        records: 0,
    }
}

impl Engine {
    /// Creates a key for signing requests. Its secret is given here and never again.
    /// `Error::Invalid` when there are as many as a tenant may have.
    pub fn hmac_key_create(&self, proof: &TenantAdmin, name: String) -> Result<HmacKey, Error> {
        let create = || match self.store.catalogue().hmac_key_create(proof, name) {
            Err(StoreError::Exists) => Err(Error::Invalid {
                field: "name",
                problem: "would be the third key: a tenant has one, and one to change over to; revoke one first",
            }),
            made => Ok(made?),
        };
        let deed = deed(proof, "hmac_key_create");
        self.audited(&deed, create).map(|(made, _)| made)
    }

    /// The living keys of a tenant for signing requests, oldest first.
    pub fn hmac_key_list(&self, proof: &TenantAdmin) -> Result<Vec<HmacKey>, Error> {
        Ok(self.store.catalogue().hmac_key_list(proof)?)
    }

    /// Ends a key for signing requests; what it signs is refused from the next request on.
    pub fn hmac_key_revoke(&self, proof: &TenantAdmin, key: KeyId) -> Result<(), Error> {
        let revoke = || {
            let revoked = self.store.catalogue().hmac_key_revoke(proof, key);
            revoked.map_err(|error| match error {
                StoreError::NotFound => Error::KeyNotFound,
                other => other.into(),
            })
        };
        let deed = deed(proof, "hmac_key_revoke");
        self.audited(&deed, revoke).map(|((), _)| ())
    }
}
