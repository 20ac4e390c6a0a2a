//! Tenant first: which credential a request carries, and whose it is.

mod caller;
mod invitation;
#[cfg(any(test, feature = "fuzzing"))]
mod made_up;

use std::sync::Arc;

use anchorhold_crypto::Token;
use anchorhold_model::{BearerToken, Timestamp, User};

use crate::jwt::{self, Unverified};
use crate::{
    CredentialRecord, Denial, Directory, Fetching, Headers, Hooked, JwtKey, JwtKeySet, JwtKeys,
    JwtProblem, ListenerPolicy, Presented, Reason, Unavailable, Wanted,
};

pub use caller::Caller;
use caller::{Vouched, Way};
pub use invitation::invitation;

/// Values of `aud` that are looked up.
const AUDIENCES_MAX: usize = 8;

/// Finds the one credential of a request and checks it, by keys that are fetched where they are due. A
/// credential that fails never falls through to another source. No listener says anything.
pub fn authenticate(
    headers: Headers<'_>,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let came = (ListenerPolicy::default(), None);
    authenticate_by(headers, came, directory, Fetching::Now, now)
}

/// The same on a listener or through an application, and for who may not fetch keys:
/// `Reason::IssuerKeysUnavailable` where that would decide. What a request shows to an application is the
/// application's own matter: it is neither judged here nor counts.
pub fn authenticate_by(
    headers: Headers<'_>,
    (listener, hooked): (ListenerPolicy, Option<Hooked<'_>>),
    directory: &dyn Directory,
    fetching: Fetching,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let mut caller = match hooked {
        Some(Hooked { hook, key }) => {
            let shown = Presented::Application(hook.tenant());
            let way = Way::Application(key.cloned());
            by_nothing(&shown, way, directory, now)?
        }
        None => by_what_is_sent(headers, listener, directory, fetching, now)?,
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

fn by_what_is_sent(
    headers: Headers<'_>,
    listener: ListenerPolicy,
    directory: &dyn Directory,
    fetching: Fetching,
    now: Timestamp,
) -> Result<Caller, Denial> {
    let sent = sent(headers)?;
    match (&sent, listener.tenant) {
        (
            Sent {
                key: None,
                jwt: None,
            },
            Some(tenant),
        ) => by_nothing(&Presented::Listener(tenant), Way::Listener, directory, now),
        _ => by_credential(&sent, directory, fetching, now),
    }
}

/// A request that shows nothing, where the listener or an application says whose it is: by the credential
/// that is kept for that. Once it is revoked, a credential is missing, as if they said nothing.
fn by_nothing(
    shown: &Presented,
    way: Way,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Caller, Denial> {
    match found(shown, directory, now) {
        Ok(caller) => Ok(Caller { way, ..caller }),
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
        way: Way::Shown,
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
