//! Proofs for what is not inside a namespace.

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_model::{
    AccessSet, Grant, GrantPattern, NamespaceName, Role, SessionHandle, SessionId, SubScopes,
    TrustMode, User,
};

use super::named::{actor_of_credential, granted};
use super::subject::is_advisory;
use super::{actor_of, session};
use crate::authenticate::unavailable;
use crate::resolve::peer;
use crate::{
    ActAs, Caller, Creation, Denial, Directory, Door, Headers, Listing, Operator, Reason,
    Registration, Ruling, Strength, Subject, SubjectErasure, TenantAdmin, Verdict,
};

/// The operator, shown by an operator key.
pub fn operator(caller: &Caller, door: Door) -> Result<Operator, Denial> {
    match caller.tenant_id() {
        None => Ok(Operator {
            actor: actor_of(caller, None, door),
        }),
        Some(_) => Err(caller.denied(Reason::CredentialMisplaced)),
    }
}

/// A tenant's admin: a tenant admin key, or a request that proves a user of this role. Evidence of a
/// user is asked for where the key alone does not do.
pub fn tenant_admin(
    caller: &Caller,
    verdict: impl FnOnce() -> Result<Verdict, Denial>,
    door: Door,
) -> Result<TenantAdmin, Denial> {
    let Some(tenant) = caller.tenant_id() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    if caller.credential().admin {
        let actor = actor_of_credential(caller, None, door);
        return Ok(TenantAdmin { tenant, actor });
    }
    let forbidden = || caller.denied(Reason::AccessForbidden { needed: None });
    let verdict = verdict().map_err(|denial| match denial.reason {
        Reason::Unavailable | Reason::SignatureInvalid(_) | Reason::JwtInvalid(_) => denial,
        // Whoever says badly who they are has not proved it.
        _ => forbidden(),
    })?;
    // INVARIANT: nobody manages a tenant because of what somebody says of them.
    let is_proven = verdict
        .piece()
        .is_some_and(|piece| piece.strength == Strength::Proven)
        && !verdict.resolution.is_conflict()
        && !caller.is_publishable()
        && !caller.is_anonymous()
        && caller.is_themselves();
    if is_proven && verdict.role() == Role::Admin {
        let actor = actor_of(caller, Some(&verdict), door);
        return Ok(TenantAdmin { tenant, actor });
    }
    Err(forbidden())
}

/// Registration, where the tenant lets anybody with a key of its own become a user.
pub fn registration(
    caller: &Caller,
    headers: Headers<'_>,
    peer: Option<IpAddr>,
    door: Door,
) -> Result<Registration, Denial> {
    let Some(tenant) = caller.tenant() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    let per_minute = tenant.identity.registrations_per_minute;
    if per_minute == 0 || caller.only_reads() {
        return Err(caller.denied(Reason::AccessForbidden { needed: None }));
    }
    Ok(Registration {
        tenant: tenant.id,
        client: peer::client(&tenant.identity.sources, peer, headers),
        per_minute,
        actor: actor_of_credential(caller, None, door),
    })
}

/// Creation needs a tenant admin key, or a subtree grant with admin that covers the name.
pub fn creation(caller: &Caller, name: NamespaceName, door: Door) -> Result<Creation, Denial> {
    let Some(tenant) = caller.tenant_id() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    let by_subtree = !caller.is_viewer()
        && caller.credential().grants.iter().any(|grant| {
            grant.access == AccessSet::Admin
                && !matches!(grant.pattern, GrantPattern::Exact(_))
                && grant.pattern.covers(&name)
        });
    if caller.credential().admin || by_subtree {
        let actor = actor_of_credential(caller, None, door);
        return Ok(Creation {
            tenant,
            name,
            actor,
        });
    }
    Err(caller.denied(match granted(caller, &name) {
        Some(_) => Reason::AccessForbidden {
            needed: Some(anchorhold_model::Access::Admin),
        },
        None => Reason::NamespaceForbidden {
            name: name.to_string(),
        },
    }))
}

/// Every credential of a tenant may list what its grants cover.
pub fn listing(caller: &Caller) -> Result<Listing, Denial> {
    let Some(tenant) = caller.tenant_id() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    let mut grants = caller.credential().grants.clone();
    if caller.credential().admin {
        grants.push(Grant {
            pattern: GrantPattern::Everything,
            access: AccessSet::Admin,
        });
    }
    Ok(Listing { tenant, grants })
}

/// Erasing a user: a tenant admin key or `act_as` erases any user of the tenant, a user-bound
/// key (no viewer) its own. `verdict` shows who the request speaks for.
pub fn subject_erasure(
    caller: &Caller,
    verdict: &Verdict,
    user: User,
    door: Door,
    directory: &dyn Directory,
) -> Result<SubjectErasure, Denial> {
    let Some(tenant) = caller.tenant_id() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    // Two names of one person: to erase one is to erase the person.
    let standing = directory.standing(tenant, &user);
    let standing = standing.map_err(|error| caller.denied(unavailable(error).reason))?;
    let user = standing.linked_to.map_or(user, Arc::unwrap_or_clone);
    if verdict.resolution.is_conflict() {
        return Err(caller.denied(Reason::IdentityConflict));
    }
    if verdict.resolution.sub_scopes != SubScopes::default() {
        // A user is erased whole; who names a part of it means something else.
        return Err(caller.denied(Reason::NamespaceConflict));
    }
    if verdict.ruling == Ruling::Sandbox && !caller.credential().admin {
        // Whoever is not known is in a sandbox and speaks for no user.
        return Err(caller.denied(Reason::AccessForbidden { needed: None }));
    }
    if verdict.piece().is_some() {
        // Whoever says who the user is, is believed as far as the tenant believes them.
        is_advisory(verdict.ruling).map_err(|reason| caller.denied(reason))?;
    }
    match may_erase(caller, verdict, &user) {
        Ok(()) => Ok(SubjectErasure {
            tenant,
            subject: Subject::User(user),
            actor: actor_of(caller, Some(verdict), door),
        }),
        Err(reason) => Err(caller.denied(reason)),
    }
}

fn may_erase(caller: &Caller, verdict: &Verdict, user: &User) -> Result<(), Reason> {
    let mut own = verdict.resolution.pieces().iter();
    let own = own.find(|piece| piece.strength == Strength::Proven && piece.subject == *user);
    if caller.credential().admin {
        return Ok(());
    }
    // A viewer destroys nothing, whoever lets them in.
    let is_viewer = own.is_some_and(|own| own.standing.role == Role::Viewer);
    if is_viewer || verdict.is_viewer() {
        return Err(Reason::AccessForbidden { needed: None });
    }
    if own.is_some() && caller.is_themselves() {
        return Ok(());
    }
    match (caller.credential().act_as, verdict.trust_mode) {
        // A body that names the user asserts no more than a header does.
        (Some(ActAs::Full), TrustMode::Strict) => Err(Reason::IdentityUnverified),
        (Some(ActAs::Full), _) => Ok(()),
        _ => Err(Reason::AccessForbidden { needed: None }),
    }
}

/// Which session is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedSession {
    /// The one that the request is in.
    Own,
    /// The one of this id; whoever knows it holds the session.
    Id(SessionId),
    /// The one of this handle, which is no secret.
    Handle(SessionHandle),
}

/// Erasing a session: whoever shows its id and may write, and for a handle a tenant admin key or
/// `act_as`.
pub fn session_erasure(
    caller: &Caller,
    verdict: &Verdict,
    named: NamedSession,
    door: Door,
    directory: &dyn Directory,
) -> Result<SubjectErasure, Denial> {
    let Some(tenant) = caller.tenant() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    let credential = caller.credential();
    let (session, is_shown) = match named {
        NamedSession::Handle(session) => (Some(session), false),
        NamedSession::Id(id) => {
            let living = directory.session(tenant, &id);
            let living = living.map_err(|error| caller.denied(unavailable(error).reason))?;
            (living, true)
        }
        NamedSession::Own => (
            session::living(caller, tenant, &verdict.resolution, directory)?,
            true,
        ),
    };
    let may = credential.admin
        || ((is_shown || credential.act_as == Some(ActAs::Full)) && caller.is_themselves());
    if !may {
        return Err(caller.denied(Reason::AccessForbidden { needed: None }));
    }
    let session = session.ok_or_else(|| caller.denied(Reason::NamespaceNotFound))?;
    let actor = actor_of(caller, Some(verdict), door);
    Ok(SubjectErasure {
        tenant: tenant.id,
        subject: Subject::Session(session),
        actor: if is_shown {
            session::actor(actor, session)
        } else {
            actor
        },
    })
}
