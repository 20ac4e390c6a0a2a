//! What a tenant configured about identities: show and change.

use anchorhold_identity::{IdentitySettings, TenantAdmin, open_webui_keys};
use anchorhold_model::IdentityChanges;

use crate::audited::Deed;
use crate::{Engine, Error};

impl Engine {
    /// What a tenant configured about identities.
    pub fn identity_settings(&self, proof: &TenantAdmin) -> Result<IdentitySettings, Error> {
        Ok(self.store.catalogue().identity_settings(proof)?)
    }

    /// Changes it, from the next request on. `Error::Invalid` for a secret that is too short.
    pub fn identity_change(
        &self,
        proof: &TenantAdmin,
        changes: IdentityChanges,
    ) -> Result<IdentitySettings, Error> {
        let secret = changes.open_webui_secret.clone().flatten();
        if secret.is_some_and(|secret| open_webui_keys(secret).is_none()) {
            return Err(Error::Invalid {
                field: "open_webui_secret",
                problem: "must have 32 bytes or more; draw one with: openssl rand -hex 32",
            });
        }
        let change = || Ok(self.store.catalogue().identity_change(proof, changes)?);
        let deed = Deed {
            actor: proof.actor(),
            verb: "identity_change",
            namespace: None,
            records: 0,
        };
        self.audited(&deed, change).map(|(settings, _)| settings)
    }
}
