//! Where a verdict points: a user's own namespace, the shared one, or that of a session.

use anchorhold_model::{AccessSet, Address, Place, SubScopes, Timestamp, TrustMode};

use super::{Entry, Missing, access_denied, actor_of, sandbox, scope_at, session};
use crate::{
    Actor, Caller, Denial, Directory, Door, Read, Reason, Right, Ruling, Scope, Strength, Verdict,
};

/// Where a verdict points, what may be done there, and whether the reply carries an advisory.
pub(super) struct Destination {
    pub(super) address: Address,
    allowed: AccessSet,
    pub(super) advisory: bool,
}

impl Destination {
    pub(super) fn allows<A: Right>(&self) -> bool {
        self.allowed.allows(A::ACCESS)
    }

    /// Who acts there.
    pub(super) fn actor(&self, caller: &Caller, verdict: &Verdict, door: Door) -> Actor {
        let actor = Actor {
            advisory: self.advisory,
            ..actor_of(caller, Some(verdict), door)
        };
        match self.address.place {
            Place::Session(session) => session::actor(actor, session),
            Place::Quarantine(sandbox) => sandbox::actor(actor, sandbox),
            Place::Named(_) | Place::User(..) | Place::Shared => actor,
        }
    }
}

/// Reads the verdict of a request that names no namespace. One that goes into a session uses it, or
/// begins it; one that looks changes nothing. `None` for a sandbox that has not begun.
pub(super) fn destination(
    caller: &Caller,
    verdict: &Verdict,
    entry: Entry<'_>,
) -> Result<Option<Destination>, Denial> {
    let Some(tenant) = caller.tenant() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    let mut advisory = is_advisory(verdict.ruling).map_err(|reason| caller.denied(reason))?;
    if caller.is_publishable() && !is_for_everybody(verdict) {
        return Err(caller.denied(Reason::AccessForbidden { needed: None }));
    }
    let sub_scopes = &verdict.resolution.sub_scopes;
    let (place, allowed) = match (verdict.ruling, &verdict.piece) {
        (Ruling::Own | Ruling::OwnWithAdvisory, Some(piece)) => {
            // An address changes hands, an id should not.
            advisory |= verdict.trust_mode != TrustMode::Strict
                && piece.subject.id.looks_like_an_email_address();
            let place = Place::User(piece.subject.clone(), sub_scopes.clone());
            (place, user_access(caller, verdict, piece.strength))
        }
        (Ruling::Shared | Ruling::SharedWithAdvisory, _) if *sub_scopes == SubScopes::default() => {
            (Place::Shared, shared_access(caller, verdict))
        }
        (Ruling::Session, _) if *sub_scopes == SubScopes::default() => {
            let session = session::enter(caller, tenant, &verdict.resolution, entry)?;
            (Place::Session(session), session_access(caller))
        }
        (Ruling::Sandbox, _) if *sub_scopes == SubScopes::default() => {
            let Some(sandbox) = sandbox::enter(caller, tenant, verdict, entry)? else {
                return Ok(None);
            };
            (Place::Quarantine(sandbox), sandbox_access(caller))
        }
        // Nothing is below a session or a sandbox.
        (Ruling::Session | Ruling::Sandbox, _) => {
            return Err(caller.denied(Reason::NamespaceConflict));
        }
        // A workspace, agent or thread of nobody does not fall back to the shared namespace, and
        // nobody has no namespace of their own.
        _ => return Err(caller.denied(Reason::IdentityRequired)),
    };
    if advisory {
        verdict.resolution.visit.advise();
    }
    let tenant = tenant.id;
    Ok(Some(Destination {
        address: Address { tenant, place },
        allowed: caller.at_most(allowed),
        advisory,
    }))
}

/// What a key leads to that everybody has: a session, or the user of a proof beside it.
fn is_for_everybody(verdict: &Verdict) -> bool {
    let proven = verdict.piece.as_ref();
    let proven = proven.is_some_and(|piece| piece.strength == Strength::Proven);
    match verdict.ruling {
        Ruling::Session => true,
        Ruling::Own => proven,
        _ => false,
    }
}

pub(super) fn enforce<A: Right>(
    caller: &Caller,
    verdict: &Verdict,
    missing: Missing,
    door: Door,
    directory: &dyn Directory,
) -> Result<Option<Scope<A>>, Denial> {
    let Some(destination) = allowed::<A>(caller, verdict, missing, directory)? else {
        return Ok(None);
    };
    let actor = destination.actor(caller, verdict, door);
    scope_at(destination.address, actor, missing, directory)
}

/// What a request reads that names no namespace: what is its own, and beside it what was shared before the
/// tenant's users had namespaces, as long as the tenant wants that.
pub fn enforce_reading(
    caller: &Caller,
    verdict: &Verdict,
    door: Door,
    directory: &dyn Directory,
    now: Timestamp,
) -> Result<Reading, Denial> {
    let Some(destination) = allowed::<Read>(caller, verdict, Missing::Empty, directory)? else {
        return Ok(Reading::default());
    };
    let scope = |address| {
        let actor = destination.actor(caller, verdict, door);
        scope_at(address, actor, Missing::Empty, directory)
    };
    let own = destination.address.clone();
    let is_users = matches!(&own.place, Place::User(_, parts) if *parts == SubScopes::default());
    let until = caller
        .tenant()
        .and_then(|tenant| tenant.identity.shared_read_until);
    let is_time = until.is_some_and(|until| now < until);
    let shared = Address {
        tenant: own.tenant,
        place: Place::Shared,
    };
    #[cfg(feature = "sabotage")]
    let shared = sabotaged(shared);
    // A publishable key leads to nothing that is shared, and a guest is in one place.
    let is_let_in = !caller.is_publishable() && !caller.is_guest();
    let is_read_along = is_users && is_time && is_let_in;
    let shared = is_read_along.then(|| scope(shared)).transpose()?;
    Ok(Reading {
        own: scope(own)?,
        beside: shared.flatten(),
    })
}

/// Where a verdict points, for who may do this there; `None` for a sandbox that has not begun, which is
/// empty to who may read it, and shut to who may not write.
pub(super) fn allowed<A: Right>(
    caller: &Caller,
    verdict: &Verdict,
    missing: Missing,
    directory: &dyn Directory,
) -> Result<Option<Destination>, Denial> {
    let destination = destination(caller, verdict, Entry::Use(directory, missing))?;
    let is_allowed = match &destination {
        Some(destination) => destination.allows::<A>(),
        None => sandbox_access(caller).allows(A::ACCESS),
    };
    if is_allowed {
        return Ok(destination);
    }
    Err(access_denied::<A>(caller))
}

/// What a request reads; nothing where nothing is kept.
#[derive(Default)]
pub struct Reading {
    /// What is its own.
    pub own: Option<Scope<Read>>,
    /// The shared namespace, where it is read along.
    pub beside: Option<Scope<Read>>,
}

/// Turns the ruling into "go on, with or without advisory" or a refusal.
pub(super) const fn is_advisory(ruling: Ruling) -> Result<bool, Reason> {
    match ruling {
        Ruling::Own | Ruling::Shared | Ruling::Session | Ruling::Sandbox => Ok(false),
        Ruling::OwnWithAdvisory | Ruling::SharedWithAdvisory => Ok(true),
        Ruling::IdentityMissing => Err(Reason::IdentityMissing),
        Ruling::IdentityRequired => Err(Reason::IdentityRequired),
        Ruling::IsolationKeyRequired => Err(Reason::IsolationKeyRequired),
        Ruling::IdentityUnverified => Err(Reason::IdentityUnverified),
        Ruling::IdentityNotPermitted => Err(Reason::IdentityNotPermitted),
        Ruling::IdentityConflict => Err(Reason::IdentityConflict),
    }
}

/// A user-bound key has everything on its own subtree, `act_as` on any user of the tenant; a
/// claimed user (legacy) has what the shared namespace gives.
fn user_access(caller: &Caller, verdict: &Verdict, strength: Strength) -> AccessSet {
    match strength {
        _ if caller.only_reads() || verdict.is_viewer() => AccessSet::Read,
        // Whoever asserts holds `act_as`, or is a trusted proxy.
        Strength::Proven | Strength::Asserted => AccessSet::Admin,
        Strength::Claimed => AccessSet::Erase,
    }
}

/// A session belongs to whoever holds its id, whoever is named beside it.
fn session_access(caller: &Caller) -> AccessSet {
    if caller.only_reads() {
        AccessSet::Read
    } else {
        AccessSet::Admin
    }
}

/// Any credential of the tenant may read, write and delete in the shared namespace.
fn shared_access(caller: &Caller, verdict: &Verdict) -> AccessSet {
    if caller.only_reads() || verdict.is_viewer_by_word() {
        AccessSet::Read
    } else {
        AccessSet::Erase
    }
}

/// A sandbox is of nobody whom the tenant knows, so no role counts there.
pub(super) fn sandbox_access(caller: &Caller) -> AccessSet {
    if caller.only_reads() {
        AccessSet::Read
    } else {
        AccessSet::Erase
    }
}

/// The shared namespace of whatever tenant read along first.
#[cfg(feature = "sabotage")]
fn sabotaged(own: Address) -> Address {
    use anchorhold_model::sabotage::{self, Bug};
    use anchorhold_model::{TenantId, hex, unhex};
    if !sabotage::is(Bug::SharedWithoutTenant) {
        return own;
    }
    let digits = hex(own.tenant.as_bytes());
    let first = sabotage::share_text("shared", |first| first.or(Some(digits)));
    let tenant = first.as_deref().and_then(unhex);
    let tenant = tenant.map_or(own.tenant, TenantId::from_bytes);
    Address {
        tenant,
        place: own.place,
    }
}
