//! How people become users by themselves: with an invitation, or where their tenant lets anybody register.
//!
//! INVARIANT: an invitation is worth one key: it is spent in the commit that makes the key.

use std::sync::Arc;

use anchorhold_crypto::{Token, TokenClass};
use anchorhold_identity::{CredentialRecord, Invitation, Registration, TenantAdmin};
use anchorhold_model::{Issuer, Role, TenantId, User, UserId, hex};

use super::bodies::{CredentialBody, decode, encode, parsed};
use super::keys::NewKey;
use super::lookups::CREDENTIALS;
use super::users::UserRecord;
use super::{Catalogue, Desk, next_row};
use crate::Error;
use crate::sealed_rows::Row;

/// Somebody who is a user now, with a key of their own. The token is shown once.
pub struct Joined {
    /// The user.
    pub user: UserRecord,
    /// The key.
    pub token: Token,
    /// What is stored of the key.
    pub key: Arc<CredentialRecord>,
}

impl Catalogue {
    /// The invitations of a tenant that were not used and are not over, oldest first.
    pub fn invite_list(&self, admin: &TenantAdmin) -> Result<Vec<Arc<CredentialRecord>>, Error> {
        let now = self.now();
        let mut records = self.credentials_of(admin)?;
        records.retain(|record| record.invite.is_some() && record.is_living(now));
        Ok(records)
    }

    /// Spends an invitation: its user is known from now on, and gets a key. [`Error::Revoked`] for one that
    /// was spent meanwhile.
    pub fn invite_redeem(&self, invitation: &Invitation) -> Result<Joined, Error> {
        let alias = self.lookups.key(invitation.key());
        let mut desk = self.desk()?;
        let row = desk.rows.reader().by_alias(CREDENTIALS, &alias)?;
        let row = row.ok_or(Error::Revoked)?;
        let mut body: CredentialBody = decode(&row.body)?;
        let now = self.now();
        let is_over = body.expires_at.is_some_and(|expires_at| expires_at <= now);
        if body.revoked_at.is_some() || is_over {
            return Err(Error::Revoked);
        }
        body.revoked_at = Some(now);
        body.generation = body.generation.saturating_add(1);
        let spent = next_row(row, now, encode(&body)?);
        let (user, role) = (invitation.user(), invitation.role());
        self.join(
            &mut desk,
            invitation.tenant(),
            user,
            (role, body.name),
            Some(spent),
        )
    }

    /// Makes a user of whoever asks, under an id that nobody had. `Err(seconds)` when this peer has had as
    /// many as it may.
    pub fn register(&self, registration: &Registration) -> Result<Result<Joined, u64>, Error> {
        let (tenant, client) = (registration.tenant(), registration.client());
        let per_minute = registration.per_minute();
        let admitted = self
            .registrants
            .admit(tenant, client, per_minute, self.now());
        if let Err(seconds) = admitted {
            return Ok(Err(seconds));
        }
        let drawn: [u8; 16] = self.drawn(&self.lookups.of_tenant(Some(tenant)));
        let user = User {
            issuer: parsed(Issuer::parse(Issuer::LOCAL))?,
            id: parsed(UserId::parse(&format!("u-{}", hex(&drawn))))?,
        };
        let mut desk = self.desk()?;
        let name = (Role::default(), "registered".to_owned());
        self.join(&mut desk, tenant, &user, name, None).map(Ok)
    }

    /// Makes a user known and gives them a key, in one durable commit with `spent`.
    fn join(
        &self,
        desk: &mut Desk,
        tenant: TenantId,
        user: &User,
        (role, name): (Role, String),
        spent: Option<Row>,
    ) -> Result<Joined, Error> {
        let changed = self.changed_user(desk, tenant, user, |body, _| {
            if !body.known {
                body.role = role;
            }
            body.known = true;
        })?;
        let new = NewKey {
            name,
            user: Some(user.id.clone()),
            ..NewKey::default()
        };
        let (token, shown) = self.draw_token(TokenClass::Secret, Some(tenant), &new)?;
        let (key, _) = self.credential_row(shown, Some(tenant), new, self.now())?;
        self.transact(desk, |writer| {
            if let Some(spent) = &spent {
                writer.update(spent)?;
            }
            changed.write(writer)?;
            writer.insert(&key)
        })?;
        self.remember_user(desk, &changed)?;
        if let Some(spent) = &spent {
            self.remember_credential(desk, spent)?;
        }
        let stored = self.remember_credential(desk, &key)?;
        Ok(Joined {
            user: self.user_record(desk, tenant, &changed.row)?,
            token,
            key: Arc::clone(&stored.record),
        })
    }
}
