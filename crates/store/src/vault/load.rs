//! Reading: a whole namespace with the check of its digest, or one record that was loaded before.

use anchorhold_identity::{Read, Scope};
use zeroize::Zeroizing;

use super::Vault;
use super::state::State;
use crate::{Error, Head, Sealed};

/// Takes one record after the other, sealed and in clear.
pub type Take<'a> = dyn FnMut(&Sealed, Zeroizing<Vec<u8>>) -> Result<(), Error> + 'a;

impl Vault {
    /// Gives every live record to `take`, in the order of ids, and answers the head they belong
    /// to. After an error, discard what `take` was given: only the end of the load shows that no
    /// record was removed, replayed, moved or changed ([`Error::Tampered`]).
    pub fn load(&self, scope: &Scope<Read>, take: &mut Take<'_>) -> Result<Head, Error> {
        let Some(opened) = self.open_for_read(scope)? else {
            return Ok(Head::default());
        };
        // Copied out under the writer's lock; opened and handed over without it.
        let mut records = Vec::new();
        let state = opened.handle.with_engine(|engine| {
            engine.session.scan(scope, &mut |sealed| {
                records.push(sealed);
                Ok(())
            })?;
            Ok(engine.state.clone())
        })?;
        let (keys, namespace) = (&opened.handle.keys, scope.namespace());
        let mut found = State {
            head: state.head,
            epoch_newest: state.epoch_newest,
            // Epochs without records are in the state too.
            live: state.live.keys().map(|number| (*number, 0)).collect(),
            ..State::default()
        };
        for sealed in &records {
            let epoch = keys.epoch(sealed.key_epoch);
            let epoch = epoch.ok_or(Error::Tampered { what: "key epoch" })?;
            let body = keys.open_in(&epoch, sealed)?;
            found.add(&keys.digest, namespace, sealed);
            take(sealed, body)?;
        }
        if found == state {
            Ok(state.head)
        } else {
            Err(Error::Tampered {
                what: "set of records",
            })
        }
    }

    /// Opens a record that was loaded or committed before. [`Error::Conflict`] when its key epoch
    /// is gone: the namespace was reloaded under other epochs since, so read it again.
    pub fn open(&self, scope: &Scope<Read>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, Error> {
        let opened = self.open_for_read(scope)?.ok_or(Error::NotFound)?;
        let keys = &opened.handle.keys;
        let epoch = keys.epoch(sealed.key_epoch).ok_or(Error::Conflict)?;
        keys.open_in(&epoch, sealed)
    }
}
