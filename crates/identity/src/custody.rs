//! Proof that stored bytes may be checked, copied and put back as they lie: sealed.
//!
//! A [`Custody`] is no `Scope`: no verb that reads or writes a memory takes it, so who keeps the
//! bytes of a namespace learns nothing of what is in it.

use anchorhold_model::{NamespaceId, TenantId};

use crate::{Actor, Operator, SystemAuthority};

/// Whoever looks after the bytes of the whole installation: the operator, or the process itself.
pub struct Custodian {
    actor: Actor,
}

/// Proof for the bytes of exactly one incarnation.
pub struct Custody {
    namespace: NamespaceId,
    tenant: TenantId,
}

impl Custodian {
    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The bytes of one incarnation, which belongs to this tenant.
    pub const fn of(&self, namespace: NamespaceId, tenant: TenantId) -> Custody {
        Custody { namespace, tenant }
    }
}

impl Custody {
    /// The incarnation.
    pub const fn namespace(&self) -> NamespaceId {
        self.namespace
    }

    /// Its tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }
}

impl Operator {
    /// The operator as keeper of all bytes.
    pub fn custodian(&self) -> Custodian {
        Custodian {
            actor: self.actor().clone(),
        }
    }
}

impl SystemAuthority {
    /// The process itself as keeper of all bytes, when no server runs.
    pub fn custodian(&self) -> Custodian {
        Custodian {
            actor: self.actor(None),
        }
    }
}
