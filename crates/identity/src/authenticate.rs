//! Tenant first: which credential a request carries, and whose it is.

use std::sync::Arc;

use anchorhold_crypto::{Token, TokenClass};
use anchorhold_model::{TenantId, Timestamp};

use crate::{
    CredentialRecord, CredentialStamp, Denial, Directory, Headers, Reason, TenantRecord,
    Unavailable,
};

/// An authenticated credential. Only [`authenticate`] makes one.
pub struct Caller {
    credential: Arc<CredentialRecord>,
    tenant: Option<Arc<TenantRecord>>,
}

impl Caller {
    /// What is stored of the credential.
    pub fn credential(&self) -> &CredentialRecord {
        &self.credential
    }

    /// The tenant; `None` for the operator.
    pub fn tenant(&self) -> Option<&TenantRecord> {
        self.tenant.as_deref()
    }

    pub(crate) fn tenant_id(&self) -> Option<TenantId> {
        self.tenant.as_ref().map(|tenant| tenant.id)
    }

    pub(crate) fn stamp(&self) -> CredentialStamp {
        CredentialStamp {
            key: self.credential.key,
            generation: self.credential.generation,
        }
    }

    /// A refusal of this caller.
    pub fn denied(&self, reason: Reason) -> Denial {
        Denial {
            reason,
            tenant: self.credential.tenant,
            key: Some(self.credential.key),
        }
    }
}

/// Finds the one credential of a request and checks it. A credential that fails never falls
/// through to another source.
pub fn authenticate(
    headers: Headers<'_>,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let token = presented(headers)?;
    let found = directory.credential(&token).map_err(unavailable)?;
    let Some(credential) = found else {
        return Err(Denial::of_stranger(Reason::CredentialUnknown));
    };
    let refused = |reason| Denial {
        reason,
        tenant: credential.tenant,
        key: Some(credential.key),
    };
    if credential.revoked_at.is_some() {
        return Err(refused(Reason::CredentialRevoked));
    }
    if credential
        .expires_at
        .is_some_and(|expires_at| expires_at <= now)
    {
        return Err(refused(Reason::CredentialExpired));
    }
    let tenant = match credential.tenant {
        None => None,
        // A key of a tenant that is gone is a key that nobody knows.
        Some(id) => match directory.tenant(id).map_err(unavailable)? {
            None => return Err(refused(Reason::CredentialUnknown)),
            found => found,
        },
    };
    Ok(Caller { credential, tenant })
}

pub(crate) fn unavailable(_: Unavailable) -> Denial {
    Denial::of_stranger(Reason::Unavailable)
}

/// `Authorization: Bearer` and `X-API-Key`: one key, however it is sent.
fn presented(headers: Headers<'_>) -> Result<Token, Denial> {
    let unknown = || Denial::of_stranger(Reason::CredentialUnknown);
    let mut presented: Option<&str> = None;
    let bearer = headers.values("authorization").map(|value| {
        let text = std::str::from_utf8(value).ok()?;
        let (scheme, rest) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
    });
    let plain = headers
        .values("x-api-key")
        .map(|value| std::str::from_utf8(value).ok());
    for value in bearer.chain(plain) {
        let value = value.ok_or_else(unknown)?;
        if presented.is_some_and(|other| other != value) {
            return Err(unknown());
        }
        presented = Some(value);
    }
    let text = presented.ok_or_else(|| Denial::of_stranger(Reason::CredentialMissing))?;
    let token = Token::parse(text).ok_or_else(unknown)?;
    match token.class() {
        TokenClass::Secret | TokenClass::Operator => Ok(token),
        // Publishable keys come with the browser's own way in; until then nobody has one.
        TokenClass::Publishable => Err(unknown()),
    }
}
