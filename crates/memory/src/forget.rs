//! Deletes memories by their ids or by a filter.

use anchorhold_identity::{Erase, Scope};
use anchorhold_model::{Filter, RecordId};

use crate::audited::Deed;
use crate::{Engine, Error};

/// Which memories to forget. There is no "all": erase the namespace or the user instead.
#[derive(Clone)]
pub enum Which {
    /// These; ids that are not here are passed over.
    Ids(Vec<RecordId>),
    /// All that a filter matches. A filter is never empty.
    Matching(Filter),
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
        let mut ids = match which {
            Which::Ids(ids) => ids,
            Which::Matching(filter) => {
                let resident = self.resident(&scope.narrow())?;
                let index = resident.index()?;
                let entries = index.entries().map(|entry| &entry.facets);
                let live = entries.filter(|facets| !facets.is_expired(now));
                live.filter(|facets| filter.matches(facets))
                    .map(|facets| facets.id)
                    .collect()
            }
        };
        ids.sort_unstable();
        ids.dedup();
        if dry_run {
            let resident = self.resident(&scope.narrow())?;
            let index = resident.index()?;
            ids.retain(|id| {
                index
                    .get(id)
                    .is_some_and(|entry| !entry.facets.is_expired(now))
            });
        } else {
            ids = self.purge("forget", scope, ids)?;
        }
        Ok(Forgotten { ids })
    }

    /// Deletes those of the ids that are here, and gives them; the rest is passed over. Expired
    /// ones go too, but were gone already for the caller and are not given.
    pub(crate) fn purge(
        &self,
        verb: &'static str,
        scope: &Scope<Erase>,
        ids: Vec<RecordId>,
    ) -> Result<Vec<RecordId>, Error> {
        let now = self.clock.now();
        let resident = self.resident(&scope.narrow())?;
        let _claim = resident.claim(ids.clone());
        let (here, visible) = {
            let index = resident.index()?;
            let found = ids.iter().filter_map(|id| index.get(id));
            let found: Vec<_> = found
                .map(|entry| (entry.facets.id, entry.facets.is_expired(now)))
                .collect();
            let here: Vec<RecordId> = found.iter().map(|(id, _)| *id).collect();
            let visible = found
                .iter()
                .filter(|(_, expired)| !expired)
                .map(|(id, _)| *id);
            (here, visible.collect::<Vec<_>>())
        };
        if here.is_empty() {
            return Ok(Vec::new());
        }
        let deed = Deed {
            actor: scope.actor(),
            verb,
            namespace: Some(scope.namespace()),
            records: here.len(),
        };
        let act = || {
            let purged = self.store.vault().purge(scope, &here)?;
            resident.remove(&here)?;
            self.shown(scope.namespace(), &resident, purged.head);
            Ok(())
        };
        self.audited(&deed, act)
            .inspect_err(|error| self.on_failure(&scope.narrow(), error))?;
        Ok(visible)
    }
}
