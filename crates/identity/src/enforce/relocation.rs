//! From one place of a tenant to another one, for an admin who names both.
//!
//! INVARIANT: whoever moves memories has no more of a place than one incarnation, as it stood when the
//! move began: what is erased meanwhile, and comes to be again, gets nothing of it.

use std::sync::Arc;

use anchorhold_model::{Address, NamespaceId, Place, SubScopes};

use super::{Missing, scope_unnoted};
use crate::authenticate::unavailable;
use crate::scope::Inner;
use crate::{Admin, Denial, Directory, Reason, Right, Scope, TenantAdmin, Write};

/// One namespace and where its memories go.
pub struct Leg {
    /// Where they are.
    pub from: Scope<Admin>,
    /// Where they go; `None` for a place that does not exist and that nothing asked to make.
    pub to: Option<Scope<Write>>,
}

/// What a move goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The one namespace that is named.
    One,
    /// Of a user its own and all below it, each to the same part of the other user.
    Subtree,
}

/// The namespaces of a move, the named one first. Both places are of the admin's tenant; a second name of
/// a user stands for the user. Nothing where nothing is kept.
pub fn relocation(
    admin: &TenantAdmin,
    (from, to): (Place, Place),
    extent: Extent,
    missing: Missing,
    directory: &dyn Directory,
) -> Result<Vec<Leg>, Denial> {
    let silent = |error| admin.actor.denied(unavailable(error).reason);
    let (from, to) = (
        followed(admin, from, directory)?,
        followed(admin, to, directory)?,
    );
    if from == to {
        return Err(admin.actor.denied(Reason::NamespaceConflict));
    }
    let is_own =
        |place: &Place| matches!(place, Place::User(_, parts) if *parts == SubScopes::default());
    let is_subtree = extent == Extent::Subtree && is_own(&from) && is_own(&to);
    let pairs = match (from, to) {
        (Place::User(from, _), Place::User(to, _)) if is_subtree => {
            let mut below = directory.subtree(admin.tenant, &from).map_err(silent)?;
            below.sort_unstable();
            let pair = |address: Address| match address.place {
                Place::User(user, parts) if user == from => {
                    let to = Place::User(to.clone(), parts.clone());
                    Some((Place::User(user, parts), to))
                }
                _ => None,
            };
            below.into_iter().filter_map(pair).collect()
        }
        pair => vec![pair],
    };
    let mut legs = Vec::with_capacity(pairs.len());
    for (from, to) in pairs {
        #[cfg(feature = "sabotage")]
        let from = sabotaged(admin, from, directory)?;
        #[cfg(not(feature = "sabotage"))]
        let from = at(admin, from, Missing::Empty, directory)?;
        let Some(from) = from else { continue };
        // A named namespace is made on purpose alone.
        let is_named = matches!(to, Place::Named(_));
        let missing = if is_named { Missing::Empty } else { missing };
        let to = at(admin, to, missing, directory)?;
        if is_named && to.is_none() {
            return Err(admin.actor.denied(Reason::NamespaceNotFound));
        }
        legs.push(Leg { from, to });
    }
    Ok(legs)
}

/// A namespace of the admin's tenant that a move goes from or to; `None` for any other one.
pub fn moved_namespace<A: Right>(
    admin: &TenantAdmin,
    namespace: NamespaceId,
    directory: &dyn Directory,
) -> Result<Option<Scope<A>>, Denial> {
    let found = directory.address(admin.tenant, namespace);
    let found = found.map_err(|error| admin.actor.denied(unavailable(error).reason))?;
    let is_movable = |address: &Address| {
        matches!(
            address.place,
            Place::Named(_) | Place::User(..) | Place::Shared
        )
    };
    let inner = |address| Inner {
        namespace,
        reserved: None,
        address,
        actor: admin.actor.clone(),
    };
    Ok(found
        .filter(is_movable)
        .map(|address| Scope::new(inner(address))))
}

/// A place, under the name of the user whose it is.
fn followed(admin: &TenantAdmin, place: Place, directory: &dyn Directory) -> Result<Place, Denial> {
    let Place::User(user, parts) = place else {
        return Ok(place);
    };
    let standing = directory.standing(admin.tenant, &user);
    let standing = standing.map_err(|error| admin.actor.denied(unavailable(error).reason))?;
    let user = standing.linked_to.map_or(user, Arc::unwrap_or_clone);
    Ok(Place::User(user, parts))
}

fn at<A: Right>(
    admin: &TenantAdmin,
    place: Place,
    missing: Missing,
    directory: &dyn Directory,
) -> Result<Option<Scope<A>>, Denial> {
    let tenant = admin.tenant;
    let address = Address { tenant, place };
    scope_unnoted(address, admin.actor.clone(), missing, directory)
}

/// What is at a place, or at the one of that name that another tenant moved from before.
#[cfg(feature = "sabotage")]
fn sabotaged(
    admin: &TenantAdmin,
    place: Place,
    directory: &dyn Directory,
) -> Result<Option<Scope<Admin>>, Denial> {
    use anchorhold_model::sabotage::{self, Bug};
    use anchorhold_model::{TenantId, hex, unhex};
    if !sabotage::is(Bug::MoveWithoutTenant) {
        return at(admin, place, Missing::Empty, directory);
    }
    let own = hex(admin.tenant.as_bytes());
    let tenant = TenantId::from_bytes([0; 16]);
    let of_nobody = Address {
        tenant,
        place: place.clone(),
    };
    let name = hex(&of_nobody.canonical_bytes());
    let first = sabotage::share_text(&name, |first| first.or_else(|| Some(own.clone())));
    let tenant = first.as_deref().and_then(unhex);
    let tenant = tenant.map_or(admin.tenant, TenantId::from_bytes);
    let address = Address { tenant, place };
    scope_unnoted(address, admin.actor.clone(), Missing::Empty, directory)
}
