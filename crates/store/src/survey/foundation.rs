//! The first step of a survey: what belongs to everybody, and what belongs to nobody.

use std::collections::BTreeSet;

use anchorhold_identity::Custodian;
use anchorhold_model::NamespaceId;

use super::{Finding, Role, Step, Surveyed, What};
use crate::audit::OPERATOR;
use crate::{Error, Store, install};

impl Store {
    pub(super) fn survey_foundation(&self, custodian: &Custodian) -> Result<Surveyed, Error> {
        let mut surveyed = Surveyed {
            next: Some(Step::Chains(None)),
            ..Surveyed::default()
        };
        let nursery = self.vault.nursery();
        if let Err(error) = install::open(&self.options.data, &nursery.foundation.kek) {
            surveyed.is_damaged(Role::Install, install_what(&error));
        }
        // Files and keys before rows: what is made meanwhile has its row last.
        let mut parts: BTreeSet<NamespaceId> = nursery.backend.namespaces()?.into_iter().collect();
        match nursery.keyring.survey() {
            Ok((keys, is_whole)) => {
                surveyed.counts.keys = u64::try_from(keys.len()).unwrap_or(u64::MAX);
                parts.extend(keys);
                if !is_whole {
                    surveyed.is_damaged(Role::Keyring, What::Structure);
                }
            }
            Err(_) => surveyed.is_damaged(Role::Keyring, What::Structure),
        }
        let nouns = self.catalogue.survey()?;
        surveyed.counts.rows = nouns.rows;
        for what in &nouns.damage {
            surveyed.is_damaged(Role::Catalogue, *what);
        }
        parts.retain(|namespace| !nouns.living.contains(namespace));
        parts.extend(&nouns.erased);
        for namespace in parts {
            let custody = custodian.of(namespace, OPERATOR);
            let is_erased = nouns.erased.contains(&namespace);
            let Some(what) = self.vault.ownerless(&custody, is_erased)? else {
                continue;
            };
            let finding = Finding {
                namespace: Some(namespace),
                ..Finding::of_all(Role::NamespaceFile, what)
            };
            match what {
                What::Unclaimed => surveyed.damage.push(finding),
                _ => surveyed.unfinished.push(finding),
            }
        }
        if self.is_still {
            // While the store serves, a restore is only ever seen half done.
            for namespace in nursery.backend.half_restored()? {
                surveyed.unfinished.push(Finding {
                    namespace: Some(namespace),
                    ..Finding::of_all(Role::NamespaceFile, What::HalfRestored)
                });
            }
        }
        Ok(surveyed)
    }
}

/// What a failure to open `install.json` says about it.
pub(crate) const fn install_what(error: &Error) -> What {
    match error {
        Error::NotInitialised => What::Missing,
        Error::Format { .. } => What::Format,
        Error::WrongKey | Error::Tampered { .. } => What::Key,
        Error::Malformed { .. } => What::Structure,
        _ => What::Unreadable,
    }
}
