//! What a tenant configured about identities: keys with which its backends sign requests, headers
//! that name users, the secret that it shares with Open WebUI.

use std::sync::Arc;

use anchorhold_crypto::{Lookup, Secret};
use anchorhold_identity::{
    HmacKey, IdentitySettings, JwtKeySet, TenantAdmin, TenantRecord, open_webui_keys,
};
use anchorhold_model::limits::{KEY_NAME_BYTES_MAX, REGISTRATIONS_MAX};
use anchorhold_model::{IdentityChanges, KeyId, QuarantinePolicy, Stream, TenantId, hex};
use zeroize::Zeroizing;

use super::bodies::{HmacKeyBody, IdentityBody, MALFORMED, TenantBody, decode, digits, encode};
use super::lookups::TENANTS;
use super::{Catalogue, next_row};
use crate::Error;

impl Catalogue {
    /// Makes a key for signing requests. Its secret is shown once. `Error::Exists` when there are
    /// as many as a tenant may have.
    pub fn hmac_key_create(&self, admin: &TenantAdmin, name: String) -> Result<HmacKey, Error> {
        if name.len() > KEY_NAME_BYTES_MAX {
            return Err(Error::TooLarge { what: "key name" });
        }
        let stream = self.lookups.tenant(admin.tenant());
        let id = KeyId::from_bytes(self.drawn(&stream));
        let secret = Zeroizing::new(self.drawn::<32>(&stream));
        let key = HmacKeyBody {
            key: id,
            name,
            created_at: self.now(),
            secret: hex(&*secret),
        };
        let record = self.tenant_identity(admin, |settings, body| {
            if !settings.takes_hmac_key() {
                return Err(Error::Exists);
            }
            body.hmac_keys.push(key);
            Ok(())
        })?;
        let made = record.identity.hmac_keys.iter().find(|key| key.id == id);
        made.cloned().ok_or(Error::NotFound)
    }

    /// The living keys of a tenant for signing requests, oldest first.
    pub fn hmac_key_list(&self, admin: &TenantAdmin) -> Result<Vec<HmacKey>, Error> {
        let stored = self.tenant_by_id(admin.tenant())?.ok_or(Error::NotFound)?;
        Ok(stored.record.identity.hmac_keys.clone())
    }

    /// Ends a key for signing requests; what it signs is refused from the next request on.
    /// `Error::NotFound` for any other id.
    pub fn hmac_key_revoke(&self, admin: &TenantAdmin, id: KeyId) -> Result<(), Error> {
        let revoked = self.tenant_identity(admin, |settings, body| {
            if !settings.hmac_keys.iter().any(|key| key.id == id) {
                return Err(Error::NotFound);
            }
            body.hmac_keys.retain(|key| key.key != id);
            Ok(())
        });
        revoked.map(|_| ())
    }

    /// What a tenant configured about identities.
    pub fn identity_settings(&self, admin: &TenantAdmin) -> Result<IdentitySettings, Error> {
        let stored = self.tenant_by_id(admin.tenant())?.ok_or(Error::NotFound)?;
        Ok(stored.record.identity.clone())
    }

    /// How sandboxes of a tenant live.
    pub fn quarantine(&self, tenant: TenantId) -> Result<QuarantinePolicy, Error> {
        let stored = self.tenant_by_id(tenant)?.ok_or(Error::NotFound)?;
        Ok(stored.record.identity.quarantine.clone())
    }

    /// Changes what a tenant configured about identities, from the next request on.
    /// `Error::Malformed` for a secret that is too short; nothing was changed.
    pub fn identity_change(
        &self,
        admin: &TenantAdmin,
        changes: IdentityChanges,
    ) -> Result<IdentitySettings, Error> {
        if let Some(secret) = &changes.open_webui_secret {
            checking(secret.as_deref())?;
        }
        let record = self.tenant_identity(admin, |settings, body| {
            let changed = settings.sources.changed(&changes);
            body.sources = changed.map_err(|_| MALFORMED)?;
            if let Some(changes) = &changes.sessions {
                let changed = settings.sessions.changed(changes);
                body.sessions = changed.map_err(|_| MALFORMED)?;
            }
            if let Some(changes) = &changes.quarantine {
                let changed = settings.quarantine.changed(changes);
                body.quarantine = changed.map_err(|_| MALFORMED)?;
            }
            if let Some(per_minute) = changes.registrations_per_minute {
                body.registrations_per_minute = per_minute.min(REGISTRATIONS_MAX);
            }
            body.shared_read_until = changes.shared_read_until.apply(body.shared_read_until);
            let before = body.metadata_pointer.take();
            body.metadata_pointer = changes.metadata_pointer.apply(before);
            if let Some(takes) = changes.body_user {
                body.ignores_body_user = !takes;
            }
            if let Some(secret) = changes.open_webui_secret {
                body.open_webui_secret = secret;
            }
            Ok(())
        })?;
        Ok(record.identity.clone())
    }

    pub(super) fn drawn<const N: usize>(&self, stream: &Lookup) -> [u8; N] {
        let mut bytes = [0; N];
        self.foundation.random.fill(Stream(stream), &mut bytes);
        bytes
    }

    /// Changes what a tenant configured.
    fn tenant_identity(
        &self,
        admin: &TenantAdmin,
        change: impl FnOnce(&IdentitySettings, &mut IdentityBody) -> Result<(), Error>,
    ) -> Result<Arc<TenantRecord>, Error> {
        let alias = self.lookups.tenant(admin.tenant());
        let mut desk = self.desk()?;
        let row = desk.rows.reader().by_alias(TENANTS, &alias)?;
        let row = row.ok_or(Error::NotFound)?;
        let mut body: TenantBody = decode(&row.body)?;
        change(&settings(&body.identity)?, &mut body.identity)?;
        self.put_tenant(&mut desk, next_row(row, self.now(), encode(&body)?))
    }
}

/// What checks the tokens of an Open WebUI with this secret.
fn checking(secret: Option<&str>) -> Result<Option<JwtKeySet>, Error> {
    let keys = |secret: &str| open_webui_keys(secret.to_owned()).ok_or(MALFORMED);
    secret.map(keys).transpose()
}

/// What a row says.
pub(super) fn settings(body: &IdentityBody) -> Result<IdentitySettings, Error> {
    let key = |body: &HmacKeyBody| {
        let secret = Zeroizing::new(digits(&body.secret)?);
        let secret = Secret::new(*secret);
        Ok(HmacKey::new(
            body.key,
            body.name.clone(),
            body.created_at,
            secret,
        ))
    };
    Ok(IdentitySettings {
        hmac_keys: body
            .hmac_keys
            .iter()
            .map(key)
            .collect::<Result<_, Error>>()?,
        sources: body.sources.clone(),
        open_webui: checking(body.open_webui_secret.as_deref())?,
        sessions: body.sessions.clone(),
        quarantine: body.quarantine.clone(),
        registrations_per_minute: body.registrations_per_minute,
        shared_read_until: body.shared_read_until,
        metadata_pointer: body.metadata_pointer.clone(),
        ignores_body_user: body.ignores_body_user,
    })
}
