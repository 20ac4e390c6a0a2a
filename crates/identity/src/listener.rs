//! What a listener says of the requests that come in by it: never more than their tenant allows.

use anchorhold_model::{TenantId, TrustMode};

/// The policy of a listener. The default says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListenerPolicy {
    /// Whose a request is that shows no credential.
    pub tenant: Option<TenantId>,
    /// What is demanded of identities at least, whatever their tenant demands.
    pub trust_mode: Option<TrustMode>,
}

impl ListenerPolicy {
    /// What is demanded here of a tenant that demands `of_tenant`: the stricter of the two.
    #[must_use]
    pub fn trust_mode(self, of_tenant: TrustMode) -> TrustMode {
        self.trust_mode
            .map_or(of_tenant, |here| of_tenant.stricter(here))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Ruling, Strength, rule};
    use anchorhold_model::{Isolation, TenantPolicy};

    const MODES: [TrustMode; 4] = [
        TrustMode::Strict,
        TrustMode::Required,
        TrustMode::Quarantine,
        TrustMode::Legacy,
    ];

    fn mode() -> impl Strategy<Value = TrustMode> {
        prop::sample::select(&MODES[..])
    }

    /// Whether anything at all is opened.
    fn is_refusal(ruling: Ruling) -> bool {
        !matches!(
            ruling,
            Ruling::Own
                | Ruling::OwnWithAdvisory
                | Ruling::Shared
                | Ruling::SharedWithAdvisory
                | Ruling::Sandbox
                | Ruling::Session
        )
    }

    proptest! {
        #[test]
        fn a_listener_is_stricter_than_a_tenant_or_says_nothing(
            of_tenant in mode(),
            here in prop::option::of(mode()),
            isolation in prop::sample::select(
                &[Isolation::User, Isolation::Session, Isolation::Custom, Isolation::None][..]
            ),
            evidence in prop::option::of(prop::sample::select(
                &[Strength::Proven, Strength::Asserted, Strength::Claimed][..]
            )),
            known in any::<bool>(),
        ) {
            let policy = ListenerPolicy { trust_mode: here, ..ListenerPolicy::default() };
            let both = policy.trust_mode(of_tenant);
            let place = |mode| MODES.iter().position(|other| *other == mode);
            prop_assert!(place(both) <= place(of_tenant));
            prop_assert!(here.is_none_or(|here| place(both) <= place(here)));
            prop_assert!(both == of_tenant || Some(both) == here);
            // What the tenant refuses, its listener does not let in.
            let ruled = |trust_mode| {
                let policy = TenantPolicy { trust_mode, isolation, ..TenantPolicy::default() };
                rule(&policy, evidence, known)
            };
            prop_assert!(!is_refusal(ruled(of_tenant)) || is_refusal(ruled(both)));
        }
    }
}
