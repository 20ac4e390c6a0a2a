//! Deletes memories by their ids or by a filter.

use std::sync::Arc;

use anchorhold_identity::{Erase, Scope};
use anchorhold_model::{Facets, Filter, RecordId, limits};

use crate::audited::Deed;
use crate::body::Payload;
use crate::{Engine, Error};

/// Which memories to forget. There is no "all": erase the namespace or the user instead.
#[derive(Clone)]
pub enum Which {
    /// These; ids that are not here are passed over.
    Ids(Vec<RecordId>),
    /// All that a filter matches. A filter is never empty.
    Matching(Filter),
}

/// Why memories are purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Somebody asked for it.
    Asked,
    /// Their time is over.
    Over,
}

/// What was forgotten, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// The ids, in the order of ids.
    pub ids: Vec<RecordId>,
}

impl Engine {
    /// Deletes in one commit, or with `dry_run` only says what would be deleted.
    pub fn forget(
        &self,
        scope: Option<&Scope<Erase>>,
        which: Which,
        dry_run: bool,
    ) -> Result<Forgotten, Error> {
        let Some(scope) = scope else {
            return Ok(Forgotten { ids: Vec::new() });
        };
        let now = self.clock.now();
        let fits = |facets: &Facets| match &which {
            Which::Ids(_) => true,
            Which::Matching(filter) => filter.matches(facets),
        };
        let resident = self.resident(&scope.narrow())?;
        let mut ids: Vec<RecordId> = {
            let index = resident.index()?;
            let live = |facets: &&Facets| !facets.is_expired(now) && fits(facets);
            match &which {
                Which::Ids(ids) => {
                    let entries = ids.iter().filter_map(|id| index.get(id));
                    entries
                        .map(|entry| &entry.facets)
                        .filter(live)
                        .map(|facets| facets.id)
                        .collect()
                }
                Which::Matching(_) => {
                    let entries = index.entries().map(|entry| &entry.facets);
                    entries.filter(live).map(|facets| facets.id).collect()
                }
            }
        };
        ids.sort_unstable();
        ids.dedup();
        if dry_run {
            return self.read("forget", &scope.narrow(), || Ok(Forgotten { ids }));
        }
        let live = |facets: &Facets| !facets.is_expired(now) && fits(facets);
        let ids = self.purge("forget", scope, ids, Why::Asked, &live)?;
        Ok(Forgotten { ids })
    }

    /// Deletes those of the ids that are here and fit, and gives them; the rest is passed over.
    ///
    /// IMPORTANT: `fits` is asked under the claim, when no other write is busy with the ids: what
    /// was changed since the ids were chosen is judged as it is now.
    pub(crate) fn purge(
        &self,
        verb: &'static str,
        scope: &Scope<Erase>,
        ids: Vec<RecordId>,
        why: Why,
        fits: &dyn Fn(&Facets) -> bool,
    ) -> Result<Vec<RecordId>, Error> {
        let resident = self.resident(&scope.narrow())?;
        let claim = match why {
            Why::Asked => resident.claim(ids, self.settings.busy_wait)?,
            // Nobody waits for a sweep, and it waits for nobody.
            Why::Over => resident.claim_free(ids),
        };
        // As it is now that no other write is busy with them.
        let resident = &self.resident(&scope.narrow())?;
        let bodies: Vec<(RecordId, Payload)> = {
            let index = resident.index()?;
            let found = claim.ids().iter().filter_map(|id| index.get(id));
            found
                .filter(|entry| fits(&entry.facets))
                .map(|entry| (entry.facets.id, Arc::clone(&entry.payload)))
                .collect()
        };
        let here: Vec<RecordId> = bodies.iter().map(|(id, _)| *id).collect();
        if here.is_empty() {
            return Ok(here);
        }
        let deed = Deed {
            actor: scope.actor(),
            verb,
            namespace: Some(scope.namespace()),
            records: here.len(),
        };
        let act = || {
            for group in bodies.chunks(limits::COMMIT_RECORDS_MAX) {
                // A damaged memory can be forgotten like any other.
                let _ = self.fetch(&scope.narrow(), resident, group);
                let group: Vec<RecordId> = group.iter().map(|(id, _)| *id).collect();
                let vault = self.store.vault();
                let purged = match why {
                    Why::Asked => vault.purge(scope, &group),
                    Why::Over => vault.sweep(scope, &group),
                }?;
                if purged.removed > 0 {
                    resident.remove(&group)?;
                }
                self.shown(scope.namespace(), resident, purged.head);
            }
            Ok(())
        };
        self.audited(&deed, act)
            .inspect_err(|_| self.on_failure(&scope.narrow()))?;
        Ok(here)
    }
}
