//! How people become users by themselves: invited, or registered where their tenant allows it.

use std::sync::Arc;

use anchorhold_crypto::Token;
use anchorhold_identity::{CredentialRecord, Invitation, Registration, TenantAdmin};
use anchorhold_model::{KeyId, Role, Timestamp, UserId};
use anchorhold_store::{Joined, NewKey};

use crate::audited::Deed;
use crate::{Engine, Error};

impl Engine {
    /// Invites somebody to be this user until a time. The token is given here and never again; it is worth
    /// one key.
    pub fn invite_create(
        &self,
        proof: &TenantAdmin,
        name: String,
        user: UserId,
        role: Role,
        expires_at: Timestamp,
    ) -> Result<(Token, Arc<CredentialRecord>), Error> {
        let new = NewKey {
            name,
            user: Some(user),
            invite: Some(role),
            expires_at: Some(expires_at),
            ..NewKey::default()
        };
        let deed = Deed {
            actor: proof.actor(),
            verb: "invite_create",
            namespace: None,
            records: 0,
        };
        let create = || Ok(self.store.catalogue().key_create(proof, new)?);
        self.audited(&deed, create).map(|(created, _)| created)
    }

    /// The invitations of a tenant that were not used and are not over, oldest first.
    pub fn invite_list(&self, proof: &TenantAdmin) -> Result<Vec<Arc<CredentialRecord>>, Error> {
        Ok(self.store.catalogue().invite_list(proof)?)
    }

    /// Takes an invitation back. [`Error::KeyNotFound`] for one that was used, or is none.
    pub fn invite_revoke(&self, proof: &TenantAdmin, invite: KeyId) -> Result<(), Error> {
        let listed = self.invite_list(proof)?;
        if listed.iter().all(|record| record.key != invite) {
            return Err(Error::KeyNotFound);
        }
        self.key_revoke(proof, invite)
    }

    /// Spends an invitation: its user is known from then on, and gets a key. [`Error::Revoked`] for one
    /// that somebody else spent a moment before.
    pub fn invite_redeem(&self, invitation: &Invitation) -> Result<Joined, Error> {
        let deed = Deed {
            actor: invitation.actor(),
            verb: "invite_redeem",
            namespace: None,
            records: 0,
        };
        let redeem = || Ok(self.store.catalogue().invite_redeem(invitation)?);
        self.audited(&deed, redeem).map(|(joined, _)| joined)
    }

    /// Makes a user of whoever asks. [`Error::RegistrationLimit`] when this peer has had as many as it may.
    pub fn register(&self, registration: &Registration) -> Result<Joined, Error> {
        let deed = Deed {
            actor: registration.actor(),
            verb: "user_register",
            namespace: None,
            records: 0,
        };
        let register = || {
            let joined = self.store.catalogue().register(registration)?;
            joined.map_err(|retry_after_seconds| Error::RegistrationLimit {
                retry_after_seconds,
            })
        };
        self.audited(&deed, register).map(|(joined, _)| joined)
    }
}
