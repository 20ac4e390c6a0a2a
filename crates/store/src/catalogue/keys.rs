//! API keys: made and shown once, listed without their secret, revoked for the very next request; and
//! tokens that a tenant brings.

mod stored;

use std::sync::Arc;

use anchorhold_crypto::{Lookup, Token, TokenClass, TokenHash};
use anchorhold_identity::{ActAs, CredentialRecord, Hook, ListenerOpening, Presented, TenantAdmin};
use anchorhold_model::limits::{GRANTS_MAX, KEY_NAME_BYTES_MAX};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{
    BearerToken, Grant, Issuer, KeyId, Origin, Role, Stream, TenantId, Timestamp, User, UserId, hex,
};

use super::bodies::{CredentialBody, FORMAT, JwtKeySetBody, decode, encode, parsed};
use super::lookups::CREDENTIALS;
use super::{Catalogue, Desk, new_row, next_row};
use crate::Error;
use crate::sealed_rows::Row;

pub(super) use stored::{StoredCredential, stored_credential};

/// What a new key of a tenant may do.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    /// A name for people; need not be unique.
    pub name: String,
    /// The user it is bound to (issuer `local`).
    pub user: Option<UserId>,
    /// A user-bound key that may only read.
    pub viewer: bool,
    /// The right to say who the user is.
    pub act_as: Option<ActAs>,
    /// A tenant admin key.
    pub admin: bool,
    /// Grants on named namespaces.
    pub grants: Vec<Grant>,
    /// An invitation, and the role of whom it makes known.
    pub invite: Option<Role>,
    /// The pages that may use it, for a publishable key.
    pub origins: Option<Vec<Origin>>,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
}

/// What is kept of what a request shows.
pub(super) struct Shown {
    pub(super) hash: TokenHash,
    pub(super) hint: String,
    pub(super) is_brought: bool,
    pub(super) jwt: Option<JwtKeySetBody>,
}

impl Catalogue {
    /// Makes a key of a tenant. The token is not stored: show it once.
    pub fn key_create(
        &self,
        admin: &TenantAdmin,
        new: NewKey,
    ) -> Result<(Token, Arc<CredentialRecord>), Error> {
        let tenant = self.maker(admin, &new)?;
        let class = match (&new.origins, new.invite) {
            (_, Some(_)) => TokenClass::Invitation,
            (Some(_), None) => TokenClass::Publishable,
            (None, None) => TokenClass::Secret,
        };
        self.credential_create(class, Some(tenant), new)
    }

    /// Maps a token that the tenant brings. `Error::Exists` while it is mapped or mapped by another
    /// tenant: a token leads to one user.
    pub fn bearer_map(
        &self,
        admin: &TenantAdmin,
        new: NewKey,
        token: &BearerToken,
    ) -> Result<Arc<CredentialRecord>, Error> {
        let tenant = self.maker(admin, &new)?;
        let shown = Shown {
            hash: self.tokens.hash_bearer(token),
            hint: String::new(),
            is_brought: true,
            jwt: None,
        };
        self.credential_insert(shown, Some(tenant), new)
    }

    /// Makes the credential of requests that show none on a listener of this tenant. It has no token and
    /// may nothing in particular. `Error::Exists` while there is one.
    pub fn listener_key_create(
        &self,
        proof: &ListenerOpening,
    ) -> Result<Arc<CredentialRecord>, Error> {
        let tenant = proof.tenant();
        self.key_without_token(tenant, &Presented::Listener(tenant), "listener")
    }

    /// The same of requests that come through the application of this tenant.
    pub fn hook_key_create(&self, proof: &Hook) -> Result<Arc<CredentialRecord>, Error> {
        let tenant = proof.tenant();
        self.key_without_token(tenant, &Presented::Application(tenant), "application")
    }

    fn key_without_token(
        &self,
        tenant: TenantId,
        shown: &Presented,
        name: &str,
    ) -> Result<Arc<CredentialRecord>, Error> {
        self.tenant_by_id(tenant)?.ok_or(Error::NotFound)?;
        let shown = Shown {
            hash: self.hash_of(shown),
            hint: String::new(),
            is_brought: false,
            jwt: None,
        };
        let new = NewKey {
            name: name.to_owned(),
            ..NewKey::default()
        };
        self.credential_insert(shown, Some(tenant), new)
    }

    /// The tenant for which a key is made.
    pub(super) fn maker(&self, admin: &TenantAdmin, new: &NewKey) -> Result<TenantId, Error> {
        if new.name.len() > KEY_NAME_BYTES_MAX {
            return Err(Error::TooLarge { what: "key name" });
        }
        if new.grants.len() > GRANTS_MAX {
            return Err(Error::TooLarge { what: "grants" });
        }
        let tenant = admin.tenant();
        self.tenant_by_id(tenant)?.ok_or(Error::NotFound)?;
        Ok(tenant)
    }

    /// The hash under which a credential is found.
    pub(super) fn hash_of(&self, shown: &Presented) -> TokenHash {
        match shown {
            Presented::Key(token) => self.tokens.hash(token),
            Presented::Bearer(token) => self.tokens.hash_bearer(token),
            Presented::Issuer { iss, audience } => {
                self.tokens.hash_issuer(iss, audience.as_deref())
            }
            Presented::Listener(tenant) => self.tokens.hash_listener(tenant.as_bytes()),
            Presented::Application(tenant) => self.tokens.hash_application(tenant.as_bytes()),
        }
    }

    /// Makes a key of the operator.
    pub(crate) fn operator_key_create(
        &self,
        name: &str,
    ) -> Result<(Token, Arc<CredentialRecord>), Error> {
        let new = NewKey {
            name: name.to_owned(),
            ..NewKey::default()
        };
        self.credential_create(TokenClass::Operator, None, new)
    }

    /// All keys of a tenant that are not revoked, oldest first.
    pub fn key_list(&self, admin: &TenantAdmin) -> Result<Vec<Arc<CredentialRecord>>, Error> {
        let mut records = self.credentials_of(admin)?;
        records.retain(|record| record.jwt.is_none() && record.invite.is_none());
        Ok(records)
    }

    /// All credentials of a tenant that are not revoked, oldest first.
    pub(super) fn credentials_of(
        &self,
        admin: &TenantAdmin,
    ) -> Result<Vec<Arc<CredentialRecord>>, Error> {
        let parent = self.lookups.of_tenant(Some(admin.tenant()));
        let rows = self.desk()?.rows.reader().children(CREDENTIALS, &parent)?;
        let mut records = Vec::with_capacity(rows.len());
        for row in &rows {
            let stored = stored_credential(row)?;
            if stored.record.revoked_at.is_none() {
                records.push(stored.record);
            }
        }
        records.sort_by_key(|record| (record.created_at, record.key));
        Ok(records)
    }

    /// Revokes a key; the next request with it is refused, and so is every write that still runs.
    /// `Error::NotFound` for a key that is revoked already, or of another tenant.
    pub fn key_revoke(&self, admin: &TenantAdmin, key: KeyId) -> Result<(), Error> {
        let alias = self.lookups.key(key);
        let mut desk = self.desk()?;
        let row = desk.rows.reader().by_alias(CREDENTIALS, &alias)?;
        let row = row.ok_or(Error::NotFound)?;
        let mut body: CredentialBody = decode(&row.body)?;
        if body.tenant != Some(admin.tenant()) || body.revoked_at.is_some() {
            return Err(Error::NotFound);
        }
        let now = self.now();
        body.revoked_at = Some(now);
        body.generation = body.generation.saturating_add(1);
        let row = next_row(row, now, encode(&body)?);
        self.transact(&mut desk, |writer| {
            for listing in self.listings(&body, now)? {
                writer.delete(listing.table, &listing.lookup)?;
            }
            writer.update(&row)
        })?;
        self.forget_origins(&desk, &body);
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::RevokedKeyRemembered) {
            return Ok(());
        }
        self.remember_credential(&desk, &row)?;
        Ok(())
    }

    fn credential_create(
        &self,
        class: TokenClass,
        tenant: Option<TenantId>,
        new: NewKey,
    ) -> Result<(Token, Arc<CredentialRecord>), Error> {
        let (token, shown) = self.draw_token(class, tenant, &new)?;
        let record = self.credential_insert(shown, tenant, new)?;
        Ok((token, record))
    }

    /// A fresh token, and what is kept of it.
    pub(super) fn draw_token(
        &self,
        class: TokenClass,
        tenant: Option<TenantId>,
        new: &NewKey,
    ) -> Result<(Token, Shown), Error> {
        // The stream of its user, or of its tenant: what others draw never moves it.
        let stream = self
            .owner(tenant, new)?
            .unwrap_or_else(|| self.lookups.of_tenant(tenant));
        let token = Token::generate(class, &*self.foundation.random, Stream(&stream));
        let shown = Shown {
            hash: self.tokens.hash(&token),
            hint: token.hint(),
            is_brought: false,
            jwt: None,
        };
        Ok((token, shown))
    }

    /// What a key of a user is listed under besides its tenant.
    fn owner(&self, tenant: Option<TenantId>, new: &NewKey) -> Result<Option<Lookup>, Error> {
        let (Some(tenant), Some(id)) = (tenant, new.user.clone()) else {
            return Ok(None);
        };
        let issuer = parsed(Issuer::parse(Issuer::LOCAL))?;
        Ok(Some(self.lookups.of_user(tenant, &User { issuer, id })))
    }

    /// The row of a credential.
    pub(super) fn credential_row(
        &self,
        shown: Shown,
        tenant: Option<TenantId>,
        new: NewKey,
        now: Timestamp,
    ) -> Result<(Row, CredentialBody), Error> {
        let owner = self.owner(tenant, &new)?;
        let parent = self.lookups.of_tenant(tenant);
        let random = &*self.foundation.random;
        let Shown {
            hash,
            hint,
            is_brought,
            jwt,
        } = shown;
        let lookup = self.lookups.token(&hash);
        let mut bytes = [0; 16];
        random.fill(Stream(&lookup), &mut bytes);
        let key = KeyId::from_bytes(bytes);
        let body = CredentialBody {
            format: FORMAT,
            key,
            tenant,
            name: new.name,
            hint,
            is_brought,
            jwt,
            hash: hex(hash.as_bytes()),
            user: new.user.map(|user| user.as_str().to_owned()),
            viewer: new.viewer,
            act_as: new.act_as.map(Into::into),
            admin: new.admin,
            grants: new.grants.iter().map(Into::into).collect(),
            invite: new.invite,
            origins: new.origins,
            expires_at: new.expires_at,
            revoked_at: None,
            generation: 0,
        };
        let mut row = new_row(CREDENTIALS, lookup, parent, now, encode(&body)?);
        row.alias = Some(self.lookups.key(key));
        row.owner = owner;
        Ok((row, body))
    }

    pub(super) fn credential_insert(
        &self,
        shown: Shown,
        tenant: Option<TenantId>,
        new: NewKey,
    ) -> Result<Arc<CredentialRecord>, Error> {
        let now = self.now();
        let (row, body) = self.credential_row(shown, tenant, new, now)?;
        let lookup = row.lookup;
        let mut desk = self.desk()?;
        // A token that was brought may have led to somebody before.
        let before = desk.rows.reader().get(CREDENTIALS, &lookup)?;
        let before = before.as_ref().map(stored_credential).transpose()?;
        if let Some(before) = &before
            && before.record.is_living(self.now())
        {
            return Err(Error::Exists);
        }
        if let Some(set) = &body.jwt {
            self.check_issuer(&desk, tenant, set)?;
        }
        self.transact(&mut desk, |writer| {
            if before.is_some() {
                writer.delete(CREDENTIALS, &lookup)?;
            }
            for listing in self.listings(&body, now)? {
                writer.insert(&listing)?;
            }
            writer.insert(&row)
        })?;
        self.forget_origins(&desk, &body);
        if let Some(before) = before {
            self.caches.keys.remove(before.record.key.as_bytes());
        }
        let stored = self.remember_credential(&desk, &row)?;
        Ok(Arc::clone(&stored.record))
    }

    /// A credential by its token's hash, from memory or from its row.
    pub(super) fn credential_by_hash(
        &self,
        hash: &TokenHash,
    ) -> Result<Option<Arc<StoredCredential>>, Error> {
        let stored = match self.caches.credentials.get(hash.as_bytes()) {
            Some(stored) => Some(stored),
            None => {
                let lookup = self.lookups.token(hash);
                let desk = self.desk()?;
                match desk.rows.reader().get(CREDENTIALS, &lookup)? {
                    Some(row) => Some(self.remember_credential(&desk, &row)?),
                    None => None,
                }
            }
        };
        Ok(stored.filter(|stored| stored.hash.matches(hash)))
    }

    /// A credential by its id, from memory or from its row.
    pub(super) fn credential_by_key(
        &self,
        key: KeyId,
    ) -> Result<Option<Arc<StoredCredential>>, Error> {
        if let Some(stored) = self.caches.keys.get(key.as_bytes()) {
            return Ok(Some(stored));
        }
        let alias = self.lookups.key(key);
        let desk = self.desk()?;
        match desk.rows.reader().by_alias(CREDENTIALS, &alias)? {
            Some(row) => self.remember_credential(&desk, &row).map(Some),
            None => Ok(None),
        }
    }

    /// `_` shows that the caller holds the desk.
    pub(super) fn remember_credential(
        &self,
        _: &Desk,
        row: &Row,
    ) -> Result<Arc<StoredCredential>, Error> {
        let stored = Arc::new(stored_credential(row)?);
        let key = *stored.record.key.as_bytes();
        self.caches.keys.put(key, Arc::clone(&stored));
        self.caches
            .credentials
            .put(*stored.hash.as_bytes(), Arc::clone(&stored));
        Ok(stored)
    }
}
