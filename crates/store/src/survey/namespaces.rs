//! One step of a survey: some namespaces, each with every record.

use anchorhold_crypto::Lookup;
use anchorhold_identity::Custodian;

use super::{Finding, LookedAt, Role, Step, Surveyed, What};
use crate::vault::Inspected;
use crate::{Error, Store};

/// Namespaces of one step.
const NAMESPACES_MAX: usize = 128;
/// Records after which a step ends.
const RECORDS_MAX: u64 = 20_000;

impl Store {
    pub(super) fn survey_namespaces(
        &self,
        custodian: &Custodian,
        after: Option<Lookup>,
    ) -> Result<Surveyed, Error> {
        let mut surveyed = Surveyed::default();
        let page = match self.catalogue.residences(after, NAMESPACES_MAX) {
            // Behind this nothing can be found.
            Err(Error::Tampered { .. } | Error::Malformed { .. }) => {
                surveyed.is_damaged(Role::Catalogue, What::Structure);
                return Ok(surveyed);
            }
            page => page?,
        };
        let is_last = page.len() < NAMESPACES_MAX;
        let last = page.last().map(|residence| residence.lookup);
        for residence in page {
            // A row that does not open was told with the catalogue.
            if let Some((namespace, tenant)) = residence.place {
                let custody = custodian.of(namespace, tenant);
                let finding = |role, what| Finding {
                    namespace: Some(namespace),
                    tenant: Some(tenant),
                    role,
                    what,
                };
                surveyed.counts.namespaces += 1;
                match self.vault.inspect(&custody, self.look()) {
                    Ok(Inspected::Whole { records }) => {
                        surveyed.counts.records += records;
                        surveyed.namespaces.push(LookedAt {
                            namespace,
                            tenant,
                            records,
                        });
                    }
                    // Nothing is lost: what it repeats is read from the records themselves.
                    Ok(Inspected::Damaged(role, what @ What::Extract)) => {
                        surveyed.unfinished.push(finding(role, what));
                    }
                    Ok(Inspected::Damaged(role, what)) => {
                        surveyed.damage.push(finding(role, what));
                    }
                    Ok(Inspected::Gone) => {}
                    // One that cannot be looked at keeps nobody from looking at the others.
                    Err(error) => {
                        tracing::warn!(%error, "a namespace could not be looked at");
                        let (role, what) = (Role::NamespaceFile, What::Unreadable);
                        surveyed.damage.push(finding(role, what));
                    }
                }
            }
            if surveyed.counts.records >= RECORDS_MAX {
                surveyed.next = Some(Step::Namespaces(Some(residence.lookup)));
                return Ok(surveyed);
            }
        }
        surveyed.next = last
            .filter(|_| !is_last)
            .map(|last| Step::Namespaces(Some(last)));
        Ok(surveyed)
    }
}
