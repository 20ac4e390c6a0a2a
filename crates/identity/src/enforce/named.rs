//! A named namespace is decided by the credential's grants alone.

#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{
    AccessSet, Address, Issuer, NamespaceId, NamespaceName, Place, SubScopes, User, UserId,
};

use super::{Missing, access_denied, actor_of, scope_at};
use crate::authenticate::unavailable;
use crate::{Actor, Caller, Denial, Directory, Door, Reason, Right, Scope, Strength, Verdict};

/// The most that the credential's grants allow in a namespace; `None` when none covers it.
pub(super) fn granted(caller: &Caller, name: &NamespaceName) -> Option<AccessSet> {
    let credential = caller.credential();
    if credential.admin {
        return Some(AccessSet::Admin);
    }
    let covering = credential
        .grants
        .iter()
        .filter(|grant| grant.pattern.covers(name));
    let most = covering.map(|grant| grant.access).max();
    // A viewer reads, whatever its grants say.
    if caller.is_viewer() {
        most.map(|_| AccessSet::Read)
    } else {
        most.map(|most| caller.at_most(most))
    }
}

/// The subject of a request that names its namespace: the credential itself, proven. Identity
/// evidence beside it is recorded and widens nothing.
pub(super) fn actor_of_credential(caller: &Caller, verdict: Option<&Verdict>, door: Door) -> Actor {
    let mut actor = actor_of(caller, verdict, door);
    let subject = actor.subject.take();
    actor.on_behalf_of = actor.on_behalf_of.or(subject);
    let key = caller.credential().key.to_string();
    actor.subject = match (Issuer::parse(Issuer::KEY), UserId::parse(&key)) {
        (Ok(issuer), Ok(id)) => Some(User { issuer, id }),
        _ => None,
    };
    actor.strength = Some(Strength::Proven);
    actor.source = None;
    actor
}

pub(super) fn enforce<A: Right>(
    caller: &Caller,
    verdict: &Verdict,
    name: NamespaceName,
    door: Door,
    directory: &dyn Directory,
) -> Result<Scope<A>, Denial> {
    let Some(tenant) = caller.tenant_id() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    if verdict.resolution.is_conflict() {
        return Err(caller.denied(Reason::IdentityConflict));
    }
    if verdict.resolution.sub_scopes != SubScopes::default() {
        return Err(caller.denied(Reason::NamespaceConflict));
    }
    // INVARIANT: decided before the directory is asked whether the namespace exists, so that an
    // absent one and a foreign one are refused in equal bytes.
    let Some(allowed) = granted(caller, &name) else {
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::DenialTellsExistence) {
            let place = Place::Named(name.clone());
            if let Ok(None) = directory.incarnation(&Address { tenant, place }) {
                return Err(caller.denied(Reason::NamespaceNotFound));
            }
        }
        return Err(caller.denied(Reason::NamespaceForbidden {
            name: name.to_string(),
        }));
    };
    if !allowed.allows(A::ACCESS) {
        return Err(access_denied::<A>(caller));
    }
    let actor = actor_of_credential(caller, Some(verdict), door);
    let address = Address {
        tenant,
        place: Place::Named(name),
    };
    scope_at(address, actor, Missing::Empty, directory)?
        .ok_or_else(|| caller.denied(Reason::NamespaceNotFound))
}

/// The scope of a named namespace by its opaque id. An id of another tenant, of a namespace that
/// no grant covers, and of nothing are the same: not found.
pub fn enforce_by_id<A: Right>(
    caller: &Caller,
    verdict: &Verdict,
    namespace: NamespaceId,
    named: Option<&NamespaceName>,
    door: Door,
    directory: &dyn Directory,
) -> Result<Scope<A>, Denial> {
    let not_found = || caller.denied(Reason::NamespaceNotFound);
    let Some(tenant) = caller.tenant_id() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    if verdict.resolution.is_conflict() {
        return Err(caller.denied(Reason::IdentityConflict));
    }
    let found = directory
        .address(tenant, namespace)
        .map_err(|error| caller.denied(unavailable(error).reason))?;
    #[cfg(feature = "sabotage")]
    if let Some(Place::Named(name)) = found.as_ref().map(|address| &address.place)
        && sabotage::is(Bug::DenialTellsName)
        && granted(caller, name).is_none()
    {
        let name = name.to_string();
        return Err(caller.denied(Reason::NamespaceForbidden { name }));
    }
    #[cfg(feature = "sabotage")]
    let tenant = match &found {
        Some(address) if sabotage::is(Bug::IdWithoutTenant) => address.tenant,
        _ => tenant,
    };
    let address = found
        .filter(|address| address.tenant == tenant)
        .ok_or_else(not_found)?;
    let Place::Named(name) = &address.place else {
        return Err(not_found());
    };
    let allowed = granted(caller, name).ok_or_else(not_found)?;
    // Compared behind the grant: before it, the answer would tell of a name.
    if named.is_some_and(|named| named != name)
        || verdict.resolution.sub_scopes != SubScopes::default()
    {
        return Err(caller.denied(Reason::NamespaceConflict));
    }
    if !allowed.allows(A::ACCESS) {
        return Err(access_denied::<A>(caller));
    }
    let actor = actor_of_credential(caller, Some(verdict), door);
    let scope = scope_at(address, actor, Missing::Empty, directory)?;
    // Erased and made again between the two look-ups: the id names the old life, which is over.
    scope
        .filter(|scope| scope.namespace() == namespace)
        .ok_or_else(not_found)
}
