//! Opening a namespace: once for all who ask at the same time, from disk after it was poisoned.

use std::sync::Arc;

use anchorhold_identity::{Read, Scope, Write};

use super::engine::Engine;
use super::handle::Handle;
use super::keys::{Keys, state_key};
use super::state::State;
use super::table::Pin;
use super::{NamespaceId, Vault};
use crate::Error;
use crate::registry::Cradle as _;

/// A handle in use. The handle is let go of before the pin, so that the last one out leaves a
/// handle that only its slot holds.
pub(super) struct Opened<'a> {
    pub(super) handle: Arc<Handle>,
    _pin: Pin<'a>,
}

const KEY_MISSING: Error = Error::Tampered {
    what: "the key of a namespace is missing",
};

impl Vault {
    /// `None` for a namespace that is reserved only, which reads as empty.
    pub(super) fn open_for_read(&self, scope: &Scope<Read>) -> Result<Option<Opened<'_>>, Error> {
        if self.registry.is_living(scope.namespace())? {
            return self.opened(scope, |handle| !handle.is_poisoned()).map(Some);
        }
        if scope.is_reserved() {
            Ok(None)
        } else {
            Err(Error::Void)
        }
    }

    /// A namespace that is open and sound, if neither its row nor its file has to be waited for.
    pub(super) fn open_at_hand(&self, scope: &Scope<Read>) -> Option<Opened<'_>> {
        let namespace = scope.namespace();
        if !self.registry.is_at_hand(namespace) {
            return None;
        }
        let pin = self.table.pin_at_hand(namespace)?;
        let handle = pin.handle_at_hand()?;
        (!handle.is_poisoned()).then_some(Opened { handle, _pin: pin })
    }

    /// Whether what the scope stands on still stands: its incarnation lives, and its credential was
    /// not revoked. For what takes long; every write asks by itself.
    pub fn check(&self, scope: &Scope<Read>) -> Result<(), Error> {
        if let Some(stamp) = scope.credential()
            && !self.registry.is_current(stamp)?
        {
            return Err(Error::Revoked);
        }
        let namespace = scope.namespace();
        let is_promised = || {
            Ok::<_, Error>(
                scope.is_reserved() && self.registry.is_promised(scope.address(), namespace)?,
            )
        };
        // A promise that was kept meanwhile is one no more, so life is looked for again.
        let stands = self.registry.is_living(namespace)?
            || is_promised()?
            || self.registry.is_living(namespace)?;
        if stands { Ok(()) } else { Err(Error::Void) }
    }

    /// Makes a reserved namespace exist when this is its first write.
    pub(super) fn open_for_write(&self, scope: &Scope<Write>) -> Result<Opened<'_>, Error> {
        let namespace = scope.namespace();
        if !self.registry.is_living(namespace)? {
            if !scope.is_reserved() {
                return Err(Error::Void);
            }
            self.materialise(scope)?;
        }
        let is_sound = |handle: &Handle| !handle.is_poisoned() && !self.logs.is_suspect(namespace);
        let opened = self.opened(&scope.narrow(), is_sound)?;
        if self.logs.is_suspect(namespace) {
            return Err(Error::Poisoned);
        }
        Ok(opened)
    }

    /// Whether what is read of the namespace is on the disk: after a failed commit readers see
    /// what the system holds, but nobody is told that it is kept before it was written again.
    pub fn settled(&self, scope: &Scope<Write>) -> Result<(), Error> {
        if self.logs.is_suspect(scope.namespace()) {
            self.open_for_write(scope)?;
        }
        Ok(())
    }

    /// Key, file, then the row that says that both exist.
    fn materialise(&self, scope: &Scope<Write>) -> Result<(), Error> {
        let namespace = scope.namespace();
        let pin = self.table.pin(namespace);
        let _cell = pin.cell()?;
        // Another first write may have been faster.
        if self.registry.is_living(namespace)? {
            return Ok(());
        }
        let address = scope.address();
        let wrapping = self.registry.wrapping_key(address.tenant)?;
        self.nursery.prepare(namespace, &wrapping)?;
        let made = self.registry.materialise(address, namespace, scope.actor());
        if let Err(Error::Void) = made {
            self.nursery.discard(namespace)?;
        }
        made
    }

    /// The open handle if `is_sound` or still in use, else one that is opened now.
    fn opened(
        &self,
        scope: &Scope<Read>,
        is_sound: impl Fn(&Handle) -> bool,
    ) -> Result<Opened<'_>, Error> {
        let namespace = scope.namespace();
        let pin = self.table.pin(namespace);
        let mut cell = pin.cell()?;
        if let Some(handle) = cell.as_ref()
            && (is_sound(handle) || Arc::strong_count(handle) > 1)
        {
            let handle = Arc::clone(handle);
            drop(cell);
            return Ok(Opened { handle, _pin: pin });
        }
        *cell = None;
        // IMPORTANT: asked while the cell is held, otherwise a namespace could be opened again
        // between the end of its rows and the end of its key.
        if !self.registry.is_living(namespace)? {
            return Err(Error::Void);
        }
        let engine = self.engine_open(scope).map_err(|error| {
            // Erased since the scope was checked: what is missing is missing rightly.
            match self.registry.is_living(namespace) {
                Ok(false) => Error::Void,
                _ => error,
            }
        })?;
        let handle = Arc::new(Handle::new(engine));
        *cell = Some(Arc::clone(&handle));
        drop(cell);
        Ok(Opened { handle, _pin: pin })
    }

    /// Reads key, state and epochs. Writes nothing, except after a failed commit.
    fn engine_open(&self, scope: &Scope<Read>) -> Result<Engine, Error> {
        let namespace: NamespaceId = scope.namespace();
        let wrapping = self.registry.wrapping_key(scope.address().tenant)?;
        let key = self.nursery.keyring.unwrap(namespace, &wrapping)?;
        let key = key.ok_or(KEY_MISSING)?;
        // A restore that came as far as it could not be undone, and no further.
        self.nursery.backend.draft_finish(namespace)?;
        let mut session = self.nursery.backend.open(scope)?;
        if self.logs.is_suspect(namespace) {
            // What a failed fsync left in the page cache may not be on the disk: write it again,
            // into the database, and sync that, before anybody is told that it is stored.
            self.holds.break_open(namespace);
            match session.checkpoint() {
                Ok(()) => self.logs.forget(namespace),
                Err(error) => {
                    // Reads go on, through a file on which nothing has failed yet.
                    tracing::warn!(%error, "a namespace is open for reads alone");
                    drop(session);
                    session = self.nursery.backend.open(scope)?;
                }
            }
        }
        let (row, epochs) = session.meta(scope)?;
        let state = State::open(&state_key(&key), namespace, &row)?;
        let numbers = epochs.iter().map(|epoch| &epoch.number);
        if !numbers.eq(state.live.keys()) {
            return Err(Error::Tampered { what: "key epochs" });
        }
        let keys = Arc::new(Keys::new(namespace, key, epochs));
        Ok(Engine::new(namespace, session, keys, state))
    }
}
