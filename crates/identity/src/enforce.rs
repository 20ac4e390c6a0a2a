//! Verdict, grants, address and access to a `Scope` or a denial; the only maker of scopes for
//! requests.

mod chat;
mod named;
mod proofs;
mod relocation;
mod sandbox;
mod session;
mod subject;
mod subtree;

use anchorhold_model::{Address, NamespaceId, NamespaceName, Place};

use crate::authenticate::unavailable;
use crate::scope::Inner;
use crate::{
    Actor, Caller, Denial, Directory, Door, Includes, Read, Reason, Reservation, Right, Scope,
    Verdict,
};
pub use chat::{Chatting, Passage, chatting, passage};
pub use named::enforce_by_id;
pub use proofs::{
    NamedSession, creation, listing, operator, registration, session_erasure, subject_erasure,
    tenant_admin,
};
pub use relocation::{Extent, Leg, moved_namespace, relocation};
pub use sandbox::{approved, sandbox_erasure, sandbox_of};
pub use subject::{Reading, enforce_reading};
pub use subtree::{Subtree, enforce_below, enforce_subtree};

/// What to do when the namespace of a user, or the shared one, does not exist yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Answer as an empty one: nothing is made.
    Empty,
    /// Reserve an incarnation for a first write.
    Reserve,
}

/// The scope of a request: of the named namespace if it names one, else of where its verdict
/// points. `Ok(None)` is a namespace that does not exist yet and that nothing asked to make.
pub fn enforce<A>(
    caller: &Caller,
    verdict: &Verdict,
    named: Option<NamespaceName>,
    missing: Missing,
    door: Door,
    directory: &dyn Directory,
) -> Result<Option<Scope<A>>, Denial>
where
    A: Right + Includes<Read>,
{
    match named {
        Some(name) => named::enforce(caller, verdict, name, door, directory).map(Some),
        None => subject::enforce(caller, verdict, missing, door, directory),
    }
}

/// The address that a request without a named namespace speaks of, for `whoami`; `None` for a sandbox
/// that has not begun. Nothing begins.
pub fn address_of(
    caller: &Caller,
    verdict: &Verdict,
    directory: &dyn Directory,
) -> Result<Option<Address>, Denial> {
    let destination = subject::destination(caller, verdict, Entry::Look(directory))?;
    Ok(destination.map(|destination| destination.address))
}

/// The living incarnation at an address that is allowed, for `whoami`.
pub fn incarnation_of(
    caller: &Caller,
    address: &Address,
    directory: &dyn Directory,
) -> Result<Option<NamespaceId>, Denial> {
    let living = directory.incarnation(address);
    living.map_err(|error| caller.denied(unavailable(error).reason))
}

/// What somebody wants of a session or a sandbox.
#[derive(Clone, Copy)]
enum Entry<'a> {
    /// To see which it is; nothing begins and no time is prolonged.
    Look(&'a dyn Directory),
    /// To go in. A sandbox begins with a first write alone.
    Use(&'a dyn Directory, Missing),
}

/// A scope at an address that is allowed, or nothing where nothing is.
fn scope_at<A: Right>(
    address: Address,
    actor: Actor,
    missing: Missing,
    directory: &dyn Directory,
) -> Result<Option<Scope<A>>, Denial> {
    let scope = scope_unnoted(address, actor, missing, directory)?;
    if let Some(scope) = scope.as_ref().filter(|scope| !scope.is_reserved())
        && missing == Missing::Reserve
    {
        // What somebody claimed before may be theirs after all.
        note_known(scope.address(), scope.actor(), directory)?;
    }
    Ok(scope)
}

/// The same, and nobody is known by it.
fn scope_unnoted<A: Right>(
    address: Address,
    actor: Actor,
    missing: Missing,
    directory: &dyn Directory,
) -> Result<Option<Scope<A>>, Denial> {
    let silent = |error| actor.denied(unavailable(error).reason);
    let (namespace, reserved) = match missing {
        Missing::Empty => match directory.incarnation(&address).map_err(silent)? {
            Some(namespace) => (namespace, None),
            None => return Ok(None),
        },
        Missing::Reserve => match directory.reserve(&address).map_err(silent)? {
            Reservation::Existing(namespace) => (namespace, None),
            Reservation::Reserved(namespace, promise) => (namespace, Some(promise)),
        },
    };
    Ok(Some(Scope::new(Inner {
        namespace,
        reserved,
        address,
        actor,
    })))
}

/// Notes that a user is known who was not when their namespace came to be.
fn note_known(address: &Address, actor: &Actor, directory: &dyn Directory) -> Result<(), Denial> {
    let Place::User(user, _) = &address.place else {
        return Ok(());
    };
    let silent = |error| actor.denied(unavailable(error).reason);
    let tenant = address.tenant;
    if actor.makes_known() && !directory.standing(tenant, user).map_err(silent)?.is_known {
        directory.make_known(tenant, user).map_err(silent)?;
    }
    Ok(())
}

/// What the audit log will tell of a caller.
fn actor_of(caller: &Caller, verdict: Option<&Verdict>, door: Door) -> Actor {
    let piece = verdict.and_then(Verdict::piece);
    let guest = verdict.and_then(|verdict| verdict.resolution.guest.as_ref());
    Actor {
        tenant: caller.tenant_id(),
        credential: Some(caller.stamp()),
        subject: piece.map(|piece| piece.subject.clone()),
        strength: piece.map(|piece| piece.strength),
        source: piece.map(|piece| piece.source),
        on_behalf_of: guest.map(|guest| guest.subject.clone()),
        trust_mode: verdict.map(|verdict| verdict.trust_mode),
        door,
        advisory: false,
    }
}

/// The refusal when an access is not in what is allowed.
fn access_denied<A: Right>(caller: &Caller) -> Denial {
    caller.denied(Reason::AccessForbidden {
        needed: Some(A::ACCESS),
    })
}
