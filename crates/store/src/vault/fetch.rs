//! Reading single records: from the file, and in clear.

use anchorhold_identity::{Read, Scope};
use anchorhold_model::RecordId;

use super::Vault;
use super::open::Opened;
use crate::{Error, Parts, Sealed};

impl Vault {
    /// The records with these ids as they stand in the file now, in the order that was asked in;
    /// `None` where there is none. Waits for a commit that is under way.
    pub fn fetch(
        &self,
        scope: &Scope<Read>,
        ids: &[RecordId],
    ) -> Result<Vec<Option<Sealed>>, Error> {
        let opened = self.open_for_read(scope)?.ok_or(Error::NotFound)?;
        opened.handle.with_engine(|engine| {
            let find = |id: &RecordId| match engine.session.row(scope, *id)? {
                Some(row) => engine.session.body(scope, &row).map(Some),
                None => Ok(None),
            };
            ids.iter().map(find).collect()
        })
    }

    /// What opens the records of the scope's namespace.
    pub fn opener(&self, scope: &Scope<Read>) -> Result<Opener<'_>, Error> {
        let opened = self.open_for_read(scope)?.ok_or(Error::NotFound)?;
        Ok(Opener(opened))
    }

    /// The same if the namespace is open already and nothing has to be waited for.
    pub fn opener_at_hand(&self, scope: &Scope<Read>) -> Option<Opener<'_>> {
        self.open_at_hand(scope).map(Opener)
    }

    /// Opens one record, as [`Opener::open`] does.
    pub fn open(&self, scope: &Scope<Read>, sealed: &Sealed) -> Result<Parts, Error> {
        self.opener(scope)?.open(sealed)
    }
}

/// Opens records of one namespace, which stays open meanwhile.
pub struct Opener<'a>(Opened<'a>);

impl Opener<'_> {
    /// Opens a record that was fetched, loaded or committed before. [`Error::Conflict`] when its
    /// key epoch is gone: the namespace was opened again under other epochs since, so fetch it
    /// again.
    pub fn open(&self, sealed: &Sealed) -> Result<Parts, Error> {
        let keys = &self.0.handle.keys;
        let epoch = keys.epoch(sealed.key_epoch).ok_or(Error::Conflict)?;
        keys.open_in(&epoch, sealed)
    }
}
