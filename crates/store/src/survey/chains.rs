//! One step of a survey: some audit chains, link by link.

use std::collections::BTreeSet;

use anchorhold_model::TenantId;

use super::{Finding, Role, Step, Surveyed, What};
use crate::audit::OPERATOR;
use crate::{Error, Store};

/// Chains of one step.
const CHAINS_MAX: usize = 64;
/// Links after which a step ends.
const LINKS_MAX: u64 = 50_000;

impl Store {
    pub(super) fn survey_chains(&self, after: Option<TenantId>) -> Result<Surveyed, Error> {
        let mut surveyed = Surveyed::default();
        // The operator's own chain stands under the smallest id of all.
        let mut tenants = match self.catalogue.tenants_that_open() {
            // Told with the catalogue; the operator's chain does not need it.
            Err(Error::Tampered { .. } | Error::Malformed { .. }) => BTreeSet::new(),
            tenants => tenants?,
        };
        tenants.insert(OPERATOR);
        let is_after = |tenant: &&TenantId| after.is_none_or(|after| **tenant > after);
        let pending: Vec<TenantId> = tenants.iter().filter(is_after).copied().collect();
        let mut last = None;
        for tenant in pending.iter().take(CHAINS_MAX) {
            let whose = Some(*tenant).filter(|tenant| *tenant != OPERATOR);
            surveyed.counts.chains += 1;
            match self.audit.verify(*tenant) {
                Ok(verified) => surveyed.counts.links += verified.entries,
                Err(error) => surveyed.damage.push(Finding {
                    namespace: None,
                    tenant: whose,
                    role: Role::AuditChain,
                    what: what(&error),
                }),
            }
            last = Some(*tenant);
            if surveyed.counts.links >= LINKS_MAX {
                break;
            }
        }
        surveyed.next = match last {
            Some(last) if pending.last() != Some(&last) => Some(Step::Chains(Some(last))),
            _ => Some(Step::Namespaces(None)),
        };
        Ok(surveyed)
    }
}

const fn what(error: &Error) -> What {
    match error {
        Error::Tampered { .. } | Error::Malformed { .. } => What::Link,
        Error::Format { .. } => What::Format,
        Error::WrongKey => What::Key,
        _ => What::Unreadable,
    }
}
