//! Issuers of signed tokens that a tenant takes: create, list, change their keys. They end as keys do.

use std::sync::Arc;

use anchorhold_identity::{CredentialRecord, JwksStatus, JwtKeySet, JwtKeys, TenantAdmin};
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
    /// Takes tokens of an issuer. `Error::Invalid` when its tokens for this audience lead to a tenant
    /// already, or when the tenant calls another issuer so.
    pub fn jwt_key_set_create(
        &self,
        proof: &TenantAdmin,
        set: &JwtKeySet,
    ) -> Result<Arc<CredentialRecord>, Error> {
        let create = || match self.store.catalogue().jwt_key_set_create(proof, set) {
            Err(StoreError::Exists) => Err(Error::Invalid {
                field: "iss",
                problem: "with this audience leads to a tenant already, or the name is taken; end the other one first",
            }),
            made => Ok(made?),
        };
        let deed = deed(proof, "jwt_key_set_create");
        self.audited(&deed, create).map(|(made, _)| made)
    }

    /// The issuers whose tokens a tenant takes, oldest first.
    pub fn jwt_key_set_list(
        &self,
        proof: &TenantAdmin,
    ) -> Result<Vec<Arc<CredentialRecord>>, Error> {
        Ok(self.store.catalogue().jwt_key_set_list(proof)?)
    }

    /// What is known of the keys that an issuer publishes.
    pub fn jwks_status(&self, issuer: &CredentialRecord) -> JwksStatus {
        let jwks = self.jwks.as_ref();
        jwks.map(|jwks| jwks.status(issuer)).unwrap_or_default()
    }

    /// How many fetches of such keys came to which end.
    pub fn jwks_outcomes(&self) -> Vec<(&'static str, u64)> {
        let jwks = self.jwks.as_ref();
        jwks.map(|jwks| jwks.outcomes()).unwrap_or_default()
    }

    /// Gives an issuer other keys; the next token is checked by them.
    pub fn jwt_keys_replace(
        &self,
        proof: &TenantAdmin,
        id: KeyId,
        keys: &JwtKeys,
    ) -> Result<Arc<CredentialRecord>, Error> {
        let replace = || {
            let replaced = self.store.catalogue().jwt_keys_replace(proof, id, keys);
            replaced.map_err(|error| match error {
                StoreError::NotFound => Error::KeyNotFound,
                other => other.into(),
            })
        };
        let deed = deed(proof, "jwt_keys_replace");
        self.audited(&deed, replace).map(|(replaced, _)| replaced)
    }
}
