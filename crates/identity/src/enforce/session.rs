//! Into a session: the one that a request shows if it lives, else a new one.
//!
//! INVARIANT: an id leads into a session only while that session lives, and what is no living session
//! leads into a new, empty one. No evidence of identity leads into a session.

use anchorhold_model::{ClientIds, Issuer, SessionHandle, User, UserId};

use super::Entry;
use crate::authenticate::unavailable;
use crate::resolve::{Resolution, Shown};
use crate::{
    Actor, Beginning, Begun, Caller, Denial, Directory, NewSession, Opened, Reason, Source,
    Strength, TenantRecord,
};

/// The session of a request.
pub(super) fn enter(
    caller: &Caller,
    tenant: &TenantRecord,
    resolution: &Resolution,
    entry: Entry<'_>,
) -> Result<SessionHandle, Denial> {
    match entry {
        Entry::Look(directory) => {
            let living = living(caller, tenant, resolution, directory)?;
            living.ok_or_else(|| caller.denied(Reason::IdentityRequired))
        }
        Entry::Use(directory, _) => {
            let begin = || begin(caller, tenant, resolution, directory);
            let again = |opened: Opened| {
                let lives = directory.session_use(tenant, &opened.id);
                match lives.map_err(|error| caller.denied(unavailable(error).reason))? {
                    Some(handle) if handle == opened.handle => Ok(()),
                    // It ended while the request was under way, and nothing takes its place.
                    _ => Err(caller.denied(Reason::NamespaceNotFound)),
                }
            };
            let opened = resolution.visit.open(begin, again)?;
            Ok(opened.handle)
        }
    }
}

/// The session that is shown, if it lives.
pub(super) fn living(
    caller: &Caller,
    tenant: &TenantRecord,
    resolution: &Resolution,
    directory: &dyn Directory,
) -> Result<Option<SessionHandle>, Denial> {
    let shown = match (resolution.visit.opened(), resolution.session) {
        (Some(opened), _) => Some(opened.id),
        (None, Some(Shown::Id { id, .. })) => Some(id),
        (None, Some(Shown::Nothing | Shown::NoId) | None) => None,
    };
    let Some(id) = shown else { return Ok(None) };
    let living = directory.session(tenant, &id);
    living.map_err(|error| caller.denied(unavailable(error).reason))
}

fn begin(
    caller: &Caller,
    tenant: &TenantRecord,
    resolution: &Resolution,
    directory: &dyn Directory,
) -> Result<Opened, Denial> {
    let silent = |error| caller.denied(unavailable(error).reason);
    let policy = &tenant.identity.sessions;
    let opened = |id, handle, beginning| Opened {
        id,
        handle,
        tenant: tenant.id,
        beginning,
        cookie: policy.cookie,
        idle_seconds: policy.idle_seconds,
    };
    let mut drawn = None;
    let mut beginning = Beginning::New;
    if let Some(shown @ (Shown::NoId | Shown::Id { .. })) = resolution.session {
        beginning = Beginning::Replaced;
        if let Shown::Id { id, may_be_drawn } = shown {
            if let Some(handle) = directory.session_use(tenant, &id).map_err(silent)? {
                return Ok(opened(id, handle, Beginning::Continued));
            }
            if may_be_drawn && policy.client_ids == ClientIds::Adopt {
                beginning = Beginning::Adopted;
                drawn = Some(id);
            }
        }
    }
    let new = NewSession {
        drawn,
        client: resolution.client,
        by: caller.credential().key,
    };
    let begun = directory.session_begin(tenant, new);
    match begun.map_err(silent)? {
        Begun::Session(id, handle) => Ok(opened(id, handle, beginning)),
        Begun::Full {
            retry_after_seconds,
        } => Err(caller.denied(Reason::SessionLimit {
            retry_after_seconds,
        })),
    }
}

/// The session itself acts; whoever was named beside it is recorded.
pub(super) fn actor(actor: Actor, session: SessionHandle) -> Actor {
    let subject = Issuer::parse(Issuer::SESSION).and_then(|issuer| {
        let id = UserId::parse(&session.to_string())?;
        Ok(User { issuer, id })
    });
    Actor {
        on_behalf_of: actor.on_behalf_of.or(actor.subject),
        subject: subject.ok(),
        strength: Some(Strength::Proven),
        source: Some(Source::Session),
        ..actor
    }
}
