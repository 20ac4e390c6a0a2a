//! Reading single records: from the file, and in clear.

use anchorhold_identity::{Read, Scope};
use anchorhold_model::RecordId;

use super::Vault;
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

    /// Opens a record that was fetched, loaded or committed before. [`Error::Conflict`] when its
    /// key epoch is gone: the namespace was opened again under other epochs since, so fetch it
    /// again.
    pub fn open(&self, scope: &Scope<Read>, sealed: &Sealed) -> Result<Parts, Error> {
        let opened = self.open_for_read(scope)?.ok_or(Error::NotFound)?;
        let keys = &opened.handle.keys;
        let epoch = keys.epoch(sealed.key_epoch).ok_or(Error::Conflict)?;
        keys.open_in(&epoch, sealed)
    }
}
