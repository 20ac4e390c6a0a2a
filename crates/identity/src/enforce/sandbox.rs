//! Into a sandbox: where somebody works whom the tenant does not know.
//!
//! INVARIANT: two requests are in one sandbox only if they came with one credential, named the same user
//! by the same source, and whoever may say so tells them apart: the sender, or a token that this server
//! gave to one of them. Nothing leaves a sandbox but by an approval, to a user whom the approver names.

use anchorhold_model::{Address, Issuer, Place, SandboxHandle, SubScopes, User, UserId};

use super::{Entry, Missing, scope_at, scope_unnoted};
use crate::authenticate::unavailable;
use crate::{
    Actor, Admin, BegunSandbox, Caller, Claim, Denial, Directory, Door, OpenedSandbox, Reason,
    Scope, Source, Strength, Subject, SubjectErasure, TenantAdmin, TenantRecord, ToldApart,
    Verdict, Write,
};

/// The sandbox of a request; `None` while nothing was written by whoever it speaks for.
pub(super) fn enter(
    caller: &Caller,
    tenant: &TenantRecord,
    verdict: &Verdict,
    entry: Entry<'_>,
) -> Result<Option<SandboxHandle>, Denial> {
    let silent = |error| caller.denied(unavailable(error).reason);
    let visit = &verdict.resolution.visit;
    let (directory, missing) = match entry {
        Entry::Look(directory) => {
            let claim = claim(caller, verdict, visit.sandbox());
            return directory.sandbox(tenant, &claim, false).map_err(silent);
        }
        Entry::Use(directory, missing) => (directory, missing),
    };
    let opened = visit.quarantine(|before| {
        let claim = claim(caller, verdict, before);
        let found = directory.sandbox(tenant, &claim, true).map_err(silent)?;
        if let Some(before) = before {
            // It ended while the request was under way, and nothing takes its place.
            let is_it = found == Some(before.handle);
            return is_it
                .then_some(Some(before))
                .ok_or_else(|| caller.denied(Reason::NamespaceNotFound));
        }
        if let Some(handle) = found {
            let token = claim.token();
            return Ok(Some(OpenedSandbox { handle, token }));
        }
        // Who may only read begins nothing, whatever it asks for.
        if missing == Missing::Empty || caller.only_reads() {
            return Ok(None);
        }
        let begun = directory.sandbox_begin(tenant, &claim, verdict.resolution.client);
        match begun.map_err(silent)? {
            BegunSandbox::Sandbox(handle, token) => Ok(Some(OpenedSandbox { handle, token })),
            BegunSandbox::Full {
                retry_after_seconds,
            } => Err(caller.denied(Reason::SandboxLimit {
                retry_after_seconds,
            })),
        }
    })?;
    Ok(opened.map(|opened| opened.handle))
}

/// Whose sandbox a request means; one that is in a sandbox already means that one.
fn claim(caller: &Caller, verdict: &Verdict, opened: Option<OpenedSandbox>) -> Claim {
    let piece = verdict.piece();
    let is_told = piece.is_some_and(|piece| piece.strength >= Strength::Asserted);
    Claim {
        by: caller.credential().key,
        said: piece.map(|piece| (piece.source, piece.said().clone())),
        told_apart: if is_told {
            ToldApart::BySender
        } else {
            let token = opened.and_then(|opened| opened.token);
            ToldApart::ByToken(token.or(verdict.resolution.sandbox))
        },
    }
}

impl Claim {
    /// What the request shows.
    const fn token(&self) -> Option<anchorhold_model::SessionId> {
        match self.told_apart {
            ToldApart::BySender => None,
            ToldApart::ByToken(token) => token,
        }
    }
}

/// The sandbox itself acts; whoever is claimed is recorded.
pub(super) fn actor(actor: Actor, sandbox: SandboxHandle) -> Actor {
    let subject = Issuer::parse(Issuer::QUARANTINE).and_then(|issuer| {
        let id = UserId::parse(&sandbox.to_string())?;
        Ok(User { issuer, id })
    });
    Actor {
        on_behalf_of: actor.on_behalf_of.or(actor.subject),
        subject: subject.ok(),
        source: Some(Source::Sandbox),
        ..actor
    }
}

/// The right of whoever is in a sandbox to have it destroyed.
pub fn sandbox_erasure(
    caller: &Caller,
    verdict: &Verdict,
    door: Door,
    directory: &dyn Directory,
) -> Result<SubjectErasure, Denial> {
    let Some(tenant) = caller.tenant() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    if !caller.is_themselves() || caller.is_publishable() {
        return Err(caller.denied(Reason::AccessForbidden { needed: None }));
    }
    if verdict.resolution.sub_scopes != SubScopes::default() {
        return Err(caller.denied(Reason::NamespaceConflict));
    }
    let sandbox = enter(caller, tenant, verdict, Entry::Look(directory))?;
    let sandbox = sandbox.ok_or_else(|| caller.denied(Reason::UserNotFound))?;
    Ok(SubjectErasure {
        tenant: tenant.id,
        subject: Subject::Sandbox(sandbox),
        actor: actor(super::actor_of(caller, Some(verdict), door), sandbox),
    })
}

/// What is kept in a sandbox, for an admin of its tenant; `None` while there is nothing.
pub fn sandbox_of(
    admin: &TenantAdmin,
    sandbox: SandboxHandle,
    directory: &dyn Directory,
) -> Result<Option<Scope<Admin>>, Denial> {
    let stands = directory.sandbox_stands(admin.tenant, sandbox);
    if !stands.map_err(|error| admin.actor.denied(unavailable(error).reason))? {
        return Err(admin.actor.denied(Reason::NamespaceNotFound));
    }
    let address = Address {
        tenant: admin.tenant,
        place: Place::Quarantine(sandbox),
    };
    scope_at(address, admin.actor.clone(), Missing::Empty, directory)
}

/// Where what was in a sandbox goes: to the user whom the approver names, and who is known from then on.
pub fn approved(
    admin: &TenantAdmin,
    user: User,
    directory: &dyn Directory,
) -> Result<Scope<Write>, Denial> {
    let silent = |error| admin.actor.denied(unavailable(error).reason);
    let standing = directory.standing(admin.tenant, &user).map_err(silent)?;
    let user = match standing.linked_to {
        Some(first) => (*first).clone(),
        None => user,
    };
    let address = Address {
        tenant: admin.tenant,
        place: Place::User(user, SubScopes::default()),
    };
    // The user is known once the approval has come to its end.
    let scope = scope_unnoted(address, admin.actor.clone(), Missing::Reserve, directory)?;
    scope.ok_or_else(|| admin.actor.denied(Reason::Unavailable))
}
