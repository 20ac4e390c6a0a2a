//! Tenant first: which credential a request carries, and whose it is.

mod invitation;
#[cfg(any(test, feature = "fuzzing"))]
mod made_up;

use std::sync::Arc;

use anchorhold_crypto::Token;
use anchorhold_model::{BearerToken, TenantId, Timestamp, User};

use crate::jwt::{self, Unverified};
use crate::{
    ActAs, CredentialRecord, CredentialStamp, Denial, Directory, Fetching, Headers, JwtKey,
    JwtKeySet, JwtKeys, JwtProblem, ListenerPolicy, Presented, Reason, TenantRecord, Unavailable,
    Wanted,
};

pub use invitation::invitation;

/// Values of `aud` that are looked up.
const AUDIENCES_MAX: usize = 8;

/// An authenticated credential. Only [`authenticate`] makes one.
pub struct Caller {
    credential: Arc<CredentialRecord>,
    tenant: Option<Arc<TenantRecord>>,
    vouched: Option<Vouched>,
    /// It showed nothing, and the listener said whose it is.
    is_anonymous: bool,
    judged_at: Timestamp,
}

/// The user whom a signed token proves.
#[derive(Clone)]
pub(crate) struct Vouched {
    pub(crate) user: User,
    is_viewer: bool,
}

impl Caller {
    /// What is stored of the credential.
    pub fn credential(&self) -> &CredentialRecord {
        &self.credential
    }

    /// The tenant, with what is demanded of identities where the request came in; `None` for the
    /// operator.
    pub fn tenant(&self) -> Option<&TenantRecord> {
        self.tenant.as_deref()
    }

    /// Whether it may only read, whoever it speaks for.
    pub fn is_viewer(&self) -> bool {
        let vouched = self.vouched.as_ref();
        self.credential.viewer || vouched.is_some_and(|vouched| vouched.is_viewer)
    }

    /// Whether it may only read, or says who the user is to read alone.
    pub(crate) fn only_reads(&self) -> bool {
        self.is_viewer() || self.credential.act_as == Some(ActAs::Read)
    }

    /// The user whom a signed token proves.
    pub(crate) const fn vouched(&self) -> Option<&Vouched> {
        self.vouched.as_ref()
    }

    /// When the credential was judged, and all that comes with it is.
    pub(crate) const fn judged_at(&self) -> Timestamp {
        self.judged_at
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

    /// Whether it showed nothing, and the listener said whose it is.
    pub const fn is_anonymous(&self) -> bool {
        self.is_anonymous
    }

    /// Whether its key stands in pages for everybody to read.
    pub(crate) fn is_publishable(&self) -> bool {
        self.credential.origins.is_some()
    }

    /// A refusal of this caller.
    pub fn denied(&self, reason: Reason) -> Denial {
        // INVARIANT: anybody sends a publishable key, or nothing, so such refusals are those of strangers
        // and fill no log that the tenant reads.
        if self.is_publishable() || self.is_anonymous {
            return Denial::of_stranger(reason);
        }
        Denial {
            reason,
            tenant: self.credential.tenant,
            key: Some(self.credential.key),
        }
    }
}

/// Finds the one credential of a request and checks it, by keys that are fetched where they are due. A
/// credential that fails never falls through to another source. No listener says anything.
pub fn authenticate(
    headers: Headers<'_>,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let listener = ListenerPolicy::default();
    authenticate_by(headers, listener, directory, Fetching::Now, now)
}

/// The same on a listener, and for who may not fetch keys: `Reason::IssuerKeysUnavailable` where that
/// would decide.
pub fn authenticate_by(
    headers: Headers<'_>,
    listener: ListenerPolicy,
    directory: &dyn Directory,
    fetching: Fetching,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let sent = sent(headers)?;
    let mut caller = match (sent, listener.tenant) {
        (
            Sent {
                key: None,
                jwt: None,
            },
            Some(tenant),
        ) => by_listener(tenant, directory, now)?,
        (sent, _) => by_credential(&sent, directory, fetching, now)?,
    };
    check_page(&caller, headers)?;
    // INVARIANT: whatever judges identities asks the caller's tenant, so what the listener demands is
    // decided here and nowhere else.
    if let Some(tenant) = &mut caller.tenant {
        let of_tenant = tenant.policy.trust_mode;
        let demanded = listener.trust_mode(of_tenant);
        if demanded != of_tenant {
            Arc::make_mut(tenant).policy.trust_mode = demanded;
        }
    }
    Ok(caller)
}

/// A request that shows nothing, where the listener says whose it is: by the credential that is kept for
/// that. Once it is revoked, a credential is missing, as if the listener said nothing.
fn by_listener(
    tenant: TenantId,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Caller, Denial> {
    match found(&Presented::Listener(tenant), directory, now) {
        Ok(caller) => Ok(Caller {
            is_anonymous: true,
            ..caller
        }),
        Err(denial) if denial.reason == Reason::Unavailable => Err(denial),
        Err(_) => Err(stranger(Reason::CredentialMissing)),
    }
}

/// A publishable key counts in the pages that it is for. A page of the server's own origin sends no
/// `Origin` with what only reads, and says what it is; browsers let no page of elsewhere say so.
fn check_page(caller: &Caller, headers: Headers<'_>) -> Result<(), Denial> {
    let Some(origins) = &caller.credential.origins else {
        return Ok(());
    };
    let mut sent = headers.values("origin");
    let is_listed = match (sent.next(), sent.next()) {
        (Some(origin), None) => origins
            .iter()
            .any(|listed| listed.as_str().as_bytes() == origin),
        (None, _) => {
            let mut site = headers.values("sec-fetch-site");
            site.next() == Some(b"same-origin") && site.next().is_none()
        }
        (Some(_), Some(_)) => false,
    };
    if is_listed {
        Ok(())
    } else {
        Err(caller.denied(Reason::OriginForbidden))
    }
}

fn by_credential(
    sent: &Sent<'_>,
    directory: &dyn Directory,
    fetching: Fetching,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let Some(text) = sent.jwt else {
        let key = sent
            .key
            .ok_or_else(|| stranger(Reason::CredentialMissing))?;
        return found(&presented(key)?, directory, now);
    };
    let token = Unverified::read(text).map_err(|problem| stranger(Reason::JwtInvalid(problem)))?;
    let issuer = issuer(&token, directory, now)?;
    let set = issuer.credential.jwt.clone();
    let set = set.ok_or_else(|| stranger(Reason::CredentialUnknown))?;
    let keys = keys(&token, &issuer.credential, &set, directory, fetching)?;
    let shown = token.verify(&set, &keys, now).map_err(|problem| {
        let reason = Reason::JwtInvalid(problem);
        // INVARIANT: what nobody of the tenant has signed is a stranger's, and stands in no log that
        // the tenant reads.
        if problem.is_signed() {
            issuer.denied(reason)
        } else {
            stranger(reason)
        }
    })?;
    let tenant = issuer.credential.tenant;
    let caller = match sent.key {
        Some(key) => found(&presented(key)?, directory, now)?,
        None => issuer,
    };
    if caller.credential.tenant != tenant {
        return Err(caller.denied(Reason::JwtInvalid(JwtProblem::Foreign)));
    }
    let vouched = Vouched {
        user: User {
            issuer: set.vouches.clone(),
            id: shown.id,
        },
        is_viewer: shown.is_viewer,
    };
    Ok(Caller {
        vouched: Some(vouched),
        ..caller
    })
}

/// The issuer of a token, as a tenant configured it.
fn issuer(
    token: &Unverified<'_>,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let unknown = || stranger(Reason::CredentialUnknown);
    let iss = token.iss().ok_or_else(unknown)?;
    let audiences = token.audiences();
    if audiences.len() > AUDIENCES_MAX {
        return Err(unknown());
    }
    let of = |audience: Option<&String>| Presented::Issuer {
        iss: iss.to_owned(),
        audience: audience.cloned(),
    };
    if audiences.is_empty() {
        return found(&of(None), directory, now);
    }
    for audience in audiences {
        match found(&of(Some(audience)), directory, now) {
            Err(Denial {
                reason: Reason::CredentialUnknown,
                ..
            }) => {}
            decided => return decided,
        }
    }
    Err(unknown())
}

/// The keys that may have signed a token.
fn keys(
    token: &Unverified<'_>,
    issuer: &CredentialRecord,
    set: &JwtKeySet,
    directory: &dyn Directory,
    fetching: Fetching,
) -> Result<Arc<[JwtKey]>, Denial> {
    let source = match &set.keys {
        JwtKeys::Given(keys) => return Ok(Arc::clone(keys)),
        JwtKeys::Published(source) => source,
    };
    let refused = |problem| stranger(Reason::JwtInvalid(problem));
    token.check_source(source).map_err(refused)?;
    let kid = token.kid();
    let keys = directory.published_keys(issuer, Wanted { kid, fetching });
    keys.map_err(|Unavailable| stranger(Reason::IssuerKeysUnavailable))
}

/// The living credential of what is shown, good for what credentials are good for.
fn found(shown: &Presented, directory: &dyn Directory, now: Timestamp) -> Result<Caller, Denial> {
    let caller = found_of_any_kind(shown, directory, now)?;
    if caller.credential.invite.is_some() {
        return Err(caller.denied(Reason::CredentialMisplaced));
    }
    Ok(caller)
}

fn found_of_any_kind(
    shown: &Presented,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let found = directory.credential(shown).map_err(unavailable)?;
    let Some(credential) = found else {
        return Err(stranger(Reason::CredentialUnknown));
    };
    let refused = |reason| match credential.origins {
        // Anybody has it, also after its end.
        Some(_) => stranger(reason),
        None => Denial {
            reason,
            tenant: credential.tenant,
            key: Some(credential.key),
        },
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
    Ok(Caller {
        credential,
        tenant,
        vouched: None,
        is_anonymous: false,
        judged_at: now,
    })
}

const fn stranger(reason: Reason) -> Denial {
    Denial::of_stranger(reason)
}

pub(crate) fn unavailable(_: Unavailable) -> Denial {
    Denial::of_stranger(Reason::Unavailable)
}

/// The credentials of a request, as it sent them.
#[derive(Default)]
struct Sent<'a> {
    key: Option<&'a str>,
    jwt: Option<&'a str>,
}

/// `Authorization: Bearer` and `X-API-Key`: one key, however it is sent, and perhaps one signed
/// token beside it.
fn sent(headers: Headers<'_>) -> Result<Sent<'_>, Denial> {
    let unknown = || stranger(Reason::CredentialUnknown);
    let mut sent = Sent::default();
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
        let place = if jwt::is_meant(value) {
            &mut sent.jwt
        } else {
            &mut sent.key
        };
        if place.is_some_and(|other| other != value) {
            return Err(unknown());
        }
        *place = Some(value);
    }
    Ok(sent)
}

/// What a text may be that is no signed token.
fn presented(text: &str) -> Result<Presented, Denial> {
    let unknown = || stranger(Reason::CredentialUnknown);
    let Some(token) = Token::parse(text) else {
        let token = BearerToken::parse(text).map_err(|_| unknown())?;
        return Ok(Presented::Bearer(token));
    };
    Ok(Presented::Key(token))
}
