//! Whoever was invited: the one credential that no other request is taken with.

use anchorhold_model::{Timestamp, User};

use super::{found_of_any_kind, presented, sent, stranger};
use crate::resolve::api_key;
use crate::{Actor, Denial, Directory, Door, Headers, Invitation, Reason, Source, Strength};

/// An invitation that is neither used nor over: the one credential that [`authenticate`](crate::authenticate) never takes.
pub fn invitation(
    headers: Headers<'_>,
    directory: &dyn Directory,
    door: Door,
    now: Timestamp,
) -> Result<Invitation, Denial> {
    let key = sent(headers)?.key;
    let key = key.ok_or_else(|| stranger(Reason::CredentialMissing))?;
    let caller = found_of_any_kind(&presented(key)?, directory, now)?;
    let credential = caller.credential();
    let (Some(tenant), Some(user), Some(role)) =
        (caller.tenant_id(), &credential.user, credential.invite)
    else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    let user = User {
        issuer: api_key::local()?,
        id: user.clone(),
    };
    Ok(Invitation {
        tenant,
        key: credential.key,
        role,
        actor: Actor {
            tenant: Some(tenant),
            credential: Some(caller.stamp()),
            subject: Some(user.clone()),
            strength: Some(Strength::Proven),
            source: Some(Source::ApiKey),
            on_behalf_of: None,
            trust_mode: None,
            door,
            advisory: false,
        },
        user,
    })
}
