//! Proofs for what is not inside a namespace: the operator, a tenant's admin, creation, listing.
//!
//! Like a `Scope`, each is made in `enforce` alone and has no public constructor.

use anchorhold_model::{Grant, NamespaceName, TenantId, User};

use crate::Actor;

/// Proof of the operator: manages tenants and their keys, and reads no memories.
pub struct Operator {
    pub(crate) actor: Actor,
}

impl Operator {
    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The operator managing the keys of one tenant.
    pub fn for_tenant(&self, tenant: TenantId) -> TenantAdmin {
        TenantAdmin {
            tenant,
            actor: self.actor.clone(),
        }
    }
}

/// Proof that the request may manage the keys of one tenant.
pub struct TenantAdmin {
    pub(crate) tenant: TenantId,
    pub(crate) actor: Actor,
}

impl TenantAdmin {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Proof that the request may create this named namespace.
pub struct Creation {
    pub(crate) tenant: TenantId,
    pub(crate) name: NamespaceName,
    pub(crate) actor: Actor,
}

impl Creation {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The name.
    pub const fn name(&self) -> &NamespaceName {
        &self.name
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Proof that the request may list the named namespaces that its grants cover.
pub struct Listing {
    pub(crate) tenant: TenantId,
    pub(crate) grants: Vec<Grant>,
}

impl Listing {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Whether the caller may know of this namespace.
    pub fn covers(&self, name: &NamespaceName) -> bool {
        self.grants.iter().any(|grant| grant.pattern.covers(name))
    }
}

/// Proof that the request may erase this user with all that is below it.
pub struct SubjectErasure {
    pub(crate) tenant: TenantId,
    pub(crate) user: User,
    pub(crate) actor: Actor,
}

impl SubjectErasure {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The user.
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}
