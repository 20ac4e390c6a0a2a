//! Proofs for what is not inside a namespace: the operator, a tenant's admin, creation, listing.
//!
//! Like a `Scope`, each is made in `enforce` alone and has no public constructor.

use std::net::IpAddr;

use anchorhold_model::{
    Grant, KeyId, NamespaceName, Role, SandboxHandle, SessionHandle, TenantId, User,
};

use crate::{Actor, Hook};

/// Proof of the operator: manages tenants and their keys, and reads no memories.
pub struct Operator {
    pub(crate) actor: Actor,
}

impl Operator {
    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The right to give a listener this tenant.
    pub fn listener_opening(&self, tenant: TenantId) -> ListenerOpening {
        ListenerOpening {
            tenant,
            actor: self.actor.clone(),
        }
    }

    /// The right of an application to say who speaks in its requests, which are of this tenant.
    pub fn hook(&self, tenant: TenantId) -> Hook {
        Hook {
            tenant,
            actor: self.actor.clone(),
        }
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

    /// The right to erase one user of the tenant.
    pub fn user_erasure(&self, user: User) -> SubjectErasure {
        SubjectErasure {
            tenant: self.tenant,
            subject: Subject::User(user),
            actor: self.actor.clone(),
        }
    }

    /// The right to erase one session of the tenant.
    pub fn session_erasure(&self, session: SessionHandle) -> SubjectErasure {
        SubjectErasure {
            tenant: self.tenant,
            subject: Subject::Session(session),
            actor: self.actor.clone(),
        }
    }

    /// The right to erase one sandbox of the tenant.
    pub fn sandbox_erasure(&self, sandbox: SandboxHandle) -> SubjectErasure {
        SubjectErasure {
            tenant: self.tenant,
            subject: Subject::Sandbox(sandbox),
            actor: self.actor.clone(),
        }
    }

    /// The right to erase one sandbox of the tenant whose records somebody has got.
    pub fn approved_erasure(&self, sandbox: SandboxHandle) -> SubjectErasure {
        SubjectErasure {
            tenant: self.tenant,
            subject: Subject::Approved(sandbox),
            actor: self.actor.clone(),
        }
    }

    /// The right to erase the sessions and sandboxes that are over.
    pub fn session_sweep(&self) -> SessionSweep {
        SessionSweep {
            tenant: self.tenant,
            actor: self.actor.clone(),
        }
    }
}

/// Proof that somebody was invited to be a user of a tenant, and has not come yet.
pub struct Invitation {
    pub(crate) tenant: TenantId,
    pub(crate) key: KeyId,
    pub(crate) user: User,
    pub(crate) role: Role,
    pub(crate) actor: Actor,
}

impl Invitation {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The invitation itself.
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// Who is invited.
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// What the user may do, if the tenant does not know them yet.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Proof that whoever asks may become a user of a tenant, under an id of the server's.
pub struct Registration {
    pub(crate) tenant: TenantId,
    pub(crate) client: Option<IpAddr>,
    pub(crate) per_minute: u64,
    pub(crate) actor: Actor,
}

impl Registration {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who asks, for limits.
    pub const fn client(&self) -> Option<IpAddr> {
        self.client
    }

    /// How many of them may in a minute.
    pub const fn per_minute(&self) -> u64 {
        self.per_minute
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

/// Who is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A user with all that is below it.
    User(User),
    /// A session.
    Session(SessionHandle),
    /// A sandbox of the quarantine.
    Sandbox(SandboxHandle),
    /// One whose records somebody has got.
    Approved(SandboxHandle),
}

/// Proof that the request may erase this subject with all that hangs on it.
pub struct SubjectErasure {
    pub(crate) tenant: TenantId,
    pub(crate) subject: Subject,
    pub(crate) actor: Actor,
}

impl SubjectErasure {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who is erased.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Proof that sessions of a tenant may be erased that are over.
pub struct SessionSweep {
    pub(crate) tenant: TenantId,
    pub(crate) actor: Actor,
}

impl SessionSweep {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Proof that requests without a credential may be of this tenant on a listener.
pub struct ListenerOpening {
    pub(crate) tenant: TenantId,
    pub(crate) actor: Actor,
}

impl ListenerOpening {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}
