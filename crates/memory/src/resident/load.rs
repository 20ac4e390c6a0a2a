//! Reads a whole namespace from the vault into an index.

use std::sync::Arc;

use anchorhold_identity::{Read, Scope};
use anchorhold_index::{Index, Settings};
use anchorhold_model::limits::EPOCH_RECORDS_MAX;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};

use super::Resident;
use crate::body::Body;
use crate::embedders::Space;
use crate::{Engine, Error, codec};

impl Resident {
    /// Reads the summary of every record, checks the digest of the whole, and builds the index.
    pub(crate) fn load(engine: &Engine, scope: &Scope<Read>) -> Result<Self, Error> {
        let language = engine.settings.language;
        // The first record says what the vectors of this namespace are.
        let mut index = Index::new(Settings {
            dimension: 0,
            language,
        });
        let mut space: Option<Space> = None;
        // Never fewer than there are records, and about as many unless much was purged.
        let expected = engine
            .store
            .vault()
            .head(scope)?
            .sequence
            .min(EPOCH_RECORDS_MAX);
        let mut failure = None;
        let loaded = engine.store.vault().load_summaries(scope, &mut |found| {
            match codec::decode_summary(found.summary, found.id, found.version) {
                Ok(summary) if space.is_some_and(|space| space != summary.space()) => {
                    let problem = "vectors of two models in one namespace";
                    failure.get_or_insert(Error::Internal(problem.to_owned()));
                }
                Ok(summary) => {
                    if space.is_none() {
                        let dimension = summary.space().dimension;
                        index = Index::new(Settings {
                            dimension,
                            language,
                        });
                        index.reserve(usize::try_from(expected).unwrap_or(0));
                        space = Some(summary.space());
                    }
                    let body = Body::new(found.version, found.tag, found.sealed);
                    let entry = summary.into_entry(Arc::new(body));
                    if let Err(error) = index.insert(entry) {
                        failure.get_or_insert(Error::from(error));
                    }
                }
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
            Ok(())
        })?;
        match failure {
            Some(error) => Err(error),
            None => {
                #[cfg(feature = "sabotage")]
                let loaded = sabotaged(loaded, &index);
                let next = loaded.place.max(loaded.head.sequence) + 1;
                Ok(Self::new(
                    scope.address().clone(),
                    index,
                    space.map_or(0, |space| space.model),
                    (next, loaded.head.generation),
                    engine.residents.busy(scope.namespace()),
                ))
            }
        }
    }
}

/// As if nobody had kept the last place.
#[cfg(feature = "sabotage")]
fn sabotaged(
    mut loaded: anchorhold_store::Loaded,
    index: &Index<crate::body::Payload>,
) -> anchorhold_store::Loaded {
    if sabotage::is(Bug::PlaceTellsEviction) {
        let last = index.entries().next_back();
        loaded.place = last.map_or(0, |entry| entry.facets.ordinal);
    }
    loaded
}
