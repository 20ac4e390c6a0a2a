//! Reads a whole namespace from the vault into an index.

use anchorhold_identity::{Read, Scope};
use anchorhold_index::{Index, Settings};
use anchorhold_model::limits::EPOCH_RECORDS_MAX;

use super::Resident;
use crate::{Engine, Error, codec};

impl Resident {
    /// Opens every record, checks the digest of the whole, and builds the index.
    pub(crate) fn load(engine: &Engine, scope: &Scope<Read>) -> Result<Self, Error> {
        let settings = Settings {
            dimension: engine.embedder.dimension(),
            language: engine.settings.language,
        };
        let model = codec::model_number(engine.embedder.model());
        let mut index = Index::new(settings);
        // Never fewer than there are records, and about as many unless much was purged.
        let expected = engine
            .store
            .vault()
            .head(scope)?
            .sequence
            .min(EPOCH_RECORDS_MAX);
        index.reserve(usize::try_from(expected).unwrap_or(0));
        let mut last_ordinal = 0;
        let mut failure = None;
        let head = engine.store.vault().load(scope, &mut |sealed, body| {
            match codec::decode(&body, sealed.id, sealed.version, model) {
                Ok(stored) => {
                    last_ordinal = last_ordinal.max(stored.facets.ordinal);
                    let entry = stored.into_entry(sealed.clone());
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
                let next = last_ordinal.max(head.sequence) + 1;
                Ok(Self::new(
                    scope.address().clone(),
                    index,
                    next,
                    head.generation,
                ))
            }
        }
    }
}
