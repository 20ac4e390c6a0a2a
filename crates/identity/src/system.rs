//! The authority of the server itself, for chores that no request asked for.

use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Address, NamespaceId, TenantId};

use crate::scope::Inner;
use crate::{Actor, Door, Hook, ListenerOpening, Operator, Right, Scope, SessionSweep};

static CLAIMED: AtomicBool = AtomicBool::new(false);

/// The one such value of the process: made in `embedded` or `cli`, handed to `memory::background` alone. There
/// is never a second one beside it; a server that is gone gives it back.
pub struct SystemAuthority {
    // Private, so that no literal makes a second one.
    only: (),
}

impl SystemAuthority {
    /// The authority, if nobody has it.
    pub fn claim() -> Option<Self> {
        // IMPORTANT: only one that was claimed is made, since one that is dropped is given back.
        (!CLAIMED.swap(true, Ordering::SeqCst)).then(|| Self { only: () })
    }

    /// A scope for a chore in one incarnation; the verb it is used with audits the reason.
    pub fn scope<A: Right>(&self, namespace: NamespaceId, address: Address) -> Scope<A> {
        // IMPORTANT: not in the tenant's own log: when a chore passes by depends on what others do.
        let actor = self.actor(None);
        #[cfg(feature = "sabotage")]
        let actor = if sabotage::is(Bug::SweepInTenantLog) {
            self.actor(Some(address.tenant))
        } else {
            actor
        };
        Scope::new(Inner {
            namespace,
            reserved: None,
            address,
            actor,
        })
    }

    /// A scope for finishing a move of memories in one incarnation. It stands in the tenant's own log, as
    /// what its admin has begun.
    pub fn mover<A: Right>(&self, namespace: NamespaceId, address: Address) -> Scope<A> {
        let actor = self.actor(Some(address.tenant));
        Scope::new(Inner {
            namespace,
            reserved: None,
            address,
            actor,
        })
    }

    /// The right to erase what is over among the sessions of a tenant. It does not stand in the tenant's
    /// own log, as no chore does.
    pub fn session_sweep(&self, tenant: TenantId) -> SessionSweep {
        SessionSweep {
            tenant,
            actor: self.actor(None),
        }
    }

    /// The right to give a listener this tenant, as the operator has configured it. Like all that the
    /// operator does, it stands in the operator's log.
    pub fn listener_opening(&self, tenant: TenantId) -> ListenerOpening {
        ListenerOpening {
            tenant,
            actor: self.actor(None),
        }
    }

    /// The right of the application that this process is a part of. Like all that the operator does, it
    /// stands in the operator's log.
    pub fn hook(&self, tenant: TenantId) -> Hook {
        Hook {
            tenant,
            actor: self.actor(None),
        }
    }

    /// The operator, for what a start makes as it was configured.
    pub fn operator(&self) -> Operator {
        Operator {
            actor: self.actor(None),
        }
    }

    /// The process as it stands in the audit log.
    pub(crate) const fn actor(&self, tenant: Option<TenantId>) -> Actor {
        let () = self.only;
        Actor {
            tenant,
            credential: None,
            subject: None,
            strength: None,
            source: None,
            on_behalf_of: None,
            trust_mode: None,
            door: Door::Background,
            advisory: false,
        }
    }
}

impl Drop for SystemAuthority {
    fn drop(&mut self) {
        CLAIMED.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_never_a_second_system_authority() {
        let first = SystemAuthority::claim();
        assert!(first.is_some());
        assert!(SystemAuthority::claim().is_none());
        assert!(
            SystemAuthority::claim().is_none(),
            "a claim that came to nothing gives nothing back"
        );
        drop(first);
        assert!(SystemAuthority::claim().is_some());
    }
}
