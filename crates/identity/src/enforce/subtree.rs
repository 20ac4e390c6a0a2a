//! A user with all that is below it: what an export reads, and where an import may put things.

use anchorhold_model::{Address, NamespaceName, Place, SubScopes};

use super::subject::allowed;
use super::{Missing, named, scope_at};
use crate::authenticate::unavailable;
use crate::{Caller, Denial, Directory, Door, Read, Reason, Right, Scope, Verdict};

/// The whole that a request means.
pub struct Subtree {
    /// What it named; `None` for a sandbox that has not begun.
    pub address: Option<Address>,
    /// All that exists of it, the named one first.
    pub scopes: Vec<Scope<Read>>,
}

/// The scopes of everything that a request means when it asks for the whole: of a named namespace
/// or a sub-scope that one alone, of a user its own and, but for a guest, all below it. What does not
/// exist is not among them.
pub fn enforce_subtree(
    caller: &Caller,
    verdict: &Verdict,
    named: Option<NamespaceName>,
    door: Door,
    directory: &dyn Directory,
) -> Result<Subtree, Denial> {
    if let Some(name) = named {
        let scope = named::enforce(caller, verdict, name, door, directory)?;
        return Ok(Subtree {
            address: Some(scope.address().clone()),
            scopes: vec![scope],
        });
    }
    let destination = allowed::<Read>(caller, verdict, Missing::Empty, directory)?;
    let Some(destination) = destination else {
        return Ok(Subtree {
            address: None,
            scopes: Vec::new(),
        });
    };
    let addresses = match &destination.address.place {
        Place::User(user, sub_scopes)
            if *sub_scopes == SubScopes::default() && !caller.is_guest() =>
        {
            let found = directory.subtree(destination.address.tenant, user);
            let mut found = found.map_err(|error| caller.denied(unavailable(error).reason))?;
            // INVARIANT: the access of a user holds for its whole subtree and for nothing else.
            found.retain(|address| is_below(address, &destination.address));
            found.sort_unstable();
            found
        }
        _ => vec![destination.address.clone()],
    };
    let mut scopes = Vec::with_capacity(addresses.len());
    for address in addresses {
        let actor = destination.actor(caller, verdict, door);
        scopes.extend(scope_at(address, actor, Missing::Empty, directory)?);
    }
    Ok(Subtree {
        address: Some(destination.address),
        scopes,
    })
}

/// The scope of a sub-scope below the user that a request speaks for, for a first write too.
pub fn enforce_below<A: Right>(
    caller: &Caller,
    verdict: &Verdict,
    named: Option<NamespaceName>,
    below: SubScopes,
    door: Door,
    directory: &dyn Directory,
) -> Result<Option<Scope<A>>, Denial> {
    if named.is_some() {
        return Err(caller.denied(Reason::NamespaceConflict));
    }
    let destination = allowed::<A>(caller, verdict, Missing::Empty, directory)?;
    // Nothing is below a sandbox, begun or not.
    let destination = destination.ok_or_else(|| caller.denied(Reason::NamespaceConflict))?;
    let place = match &destination.address.place {
        Place::User(user, own) if *own == SubScopes::default() && !caller.is_guest() => {
            Place::User(user.clone(), below)
        }
        // Nothing is below a sub-scope, the shared namespace or a named one; a guest is in one place.
        _ => return Err(caller.denied(Reason::NamespaceConflict)),
    };
    let tenant = destination.address.tenant;
    let actor = destination.actor(caller, verdict, door);
    let address = Address { tenant, place };
    scope_at(address, actor, Missing::Reserve, directory)
}

/// Whether an address is a user's own or one of its sub-scopes.
fn is_below(address: &Address, own: &Address) -> bool {
    match (&address.place, &own.place) {
        (Place::User(one, _), Place::User(other, _)) => {
            address.tenant == own.tenant && one == other
        }
        _ => false,
    }
}
