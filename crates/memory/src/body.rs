//! The sealed body of a live memory: read from the file when it is first wanted, then kept, as
//! long as its namespace is in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use anchorhold_identity::{Read, Scope};
use anchorhold_model::{Content, Memory, RecordId};
use anchorhold_store::{Opener, Sealed, TAG_BYTES};

use crate::codec::{self, Stored};
use crate::resident::Resident;
use crate::{Engine, Error};

/// What the index carries for each memory; shared with whoever found it.
pub(crate) type Payload = Arc<Body>;

/// The body of one version of one memory.
pub(crate) struct Body {
    version: u64,
    tag: [u8; TAG_BYTES],
    sealed: OnceLock<Sealed>,
}

impl Body {
    /// A body that is in memory already, or only known by its version and its tag.
    pub(crate) fn new(version: u64, tag: [u8; TAG_BYTES], sealed: Option<Sealed>) -> Self {
        Self {
            version,
            tag,
            sealed: sealed.map_or_else(OnceLock::new, OnceLock::from),
        }
    }

    /// A body that was just written.
    pub(crate) fn of(sealed: Sealed) -> Self {
        Self::new(sealed.version, sealed.tag(), Some(sealed))
    }

    /// A body that was just written and is read when it is wanted: what comes in bulk does not
    /// fill the memory.
    pub(crate) fn left_on_disk(sealed: &Sealed) -> Self {
        Self::new(sealed.version, sealed.tag(), None)
    }

    /// The version that it is of.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    /// Whether it was read already.
    pub(crate) fn is_in_memory(&self) -> bool {
        self.sealed.get().is_some()
    }

    /// The tag that it was sealed with.
    pub(crate) const fn tag(&self) -> [u8; TAG_BYTES] {
        self.tag
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.sealed.get().map_or(0, |sealed| sealed.bytes.len())
    }

    fn is(&self, sealed: &Sealed) -> bool {
        self.version == sealed.version && self.tag == sealed.tag()
    }
}

impl Engine {
    /// Reads those bodies that are not in memory yet, all at once.
    ///
    /// INVARIANT: whoever replaces or removes a memory calls this before, so that a reader who
    /// found it before still finds its body, in memory.
    pub(crate) fn fetch(
        &self,
        scope: &Scope<Read>,
        resident: &Resident,
        found: &[(RecordId, Payload)],
    ) -> Result<(), Error> {
        let is_missing = |(_, body): &&(RecordId, Payload)| body.sealed.get().is_none();
        let missing: Vec<_> = found.iter().filter(is_missing).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let ids: Vec<RecordId> = missing.iter().map(|(id, _)| *id).collect();
        let vault = self.store.vault();
        let fetched = vault.fetch(scope, &ids).inspect_err(|_| {
            self.residents.forget(scope.namespace());
        })?;
        // What the store sealed again since the load has another tag, and is as good.
        let is_behind = resident.is_behind(vault.head(scope)?);
        for ((_, body), sealed) in missing.into_iter().zip(fetched) {
            let is_it =
                |sealed: &Sealed| body.is(sealed) || (is_behind && body.version == sealed.version);
            if let Some(sealed) = sealed.filter(is_it) {
                // Counted before it can be removed, otherwise the count could fall below nothing.
                let bytes = sealed.bytes.len();
                resident.grow(bytes);
                if body.sealed.set(sealed).is_err() {
                    resident.shrink(bytes);
                }
            }
        }
        Ok(())
    }

    /// The bodies of what was found, without keeping those in memory that were not there: for who
    /// reads a whole namespace.
    pub(crate) fn fetch_once(
        &self,
        scope: &Scope<Read>,
        resident: &Resident,
        found: &[(RecordId, Payload)],
    ) -> Result<Vec<Sealed>, Error> {
        let is_missing = |(_, body): &&(RecordId, Payload)| body.sealed.get().is_none();
        let missing = found.iter().filter(is_missing).map(|(id, _)| *id);
        let missing: Vec<RecordId> = missing.collect();
        let vault = self.store.vault();
        let fetched = vault.fetch(scope, &missing)?;
        let is_behind = resident.is_behind(vault.head(scope)?);
        let mut fetched: BTreeMap<RecordId, Sealed> = missing
            .into_iter()
            .zip(fetched)
            .filter_map(|(id, sealed)| sealed.map(|sealed| (id, sealed)))
            .collect();
        let sealed = |(id, body): &(RecordId, Payload)| {
            let is_it =
                |sealed: &Sealed| body.is(sealed) || (is_behind && body.version == sealed.version);
            // Who replaced it meanwhile has put it into memory before.
            let fetched = fetched.remove(id).filter(is_it);
            fetched
                .or_else(|| body.sealed.get().cloned())
                .ok_or(Error::VersionConflict)
        };
        found.iter().map(sealed).collect()
    }

    /// Opens one memory that was found in a resident.
    pub(crate) fn open_memory(
        &self,
        scope: &Scope<Read>,
        resident: &Resident,
        found: (RecordId, Payload),
    ) -> Result<Memory, Error> {
        self.open_stored(scope, resident, found)
            .map(Stored::into_memory)
    }

    /// Opens the text of one memory whose body is in memory.
    pub(crate) fn open_content(
        &self,
        scope: &Scope<Read>,
        opener: &Opener<'_>,
        body: &Body,
    ) -> Result<Content, Error> {
        // As in `open_stored`: the disk is asked next time.
        let forget = || self.residents.forget(scope.namespace());
        let Some(sealed) = body.sealed.get() else {
            forget();
            return Err(Error::NamespacePoisoned);
        };
        let parts = opener.open(sealed).inspect_err(|_| forget())?;
        codec::decode_content(&parts)
    }

    pub(crate) fn open_stored(
        &self,
        scope: &Scope<Read>,
        resident: &Resident,
        found: (RecordId, Payload),
    ) -> Result<Stored, Error> {
        self.fetch(scope, resident, std::slice::from_ref(&found))?;
        // Sealed again since it was read, gone without our doing, or broken: whatever it is, the
        // disk is asked next time.
        let forget = || self.residents.forget(scope.namespace());
        let Some(sealed) = found.1.sealed.get() else {
            forget();
            return Err(Error::NamespacePoisoned);
        };
        let parts = self.store.vault().open(scope, sealed);
        let parts = parts.inspect_err(|_| forget())?;
        codec::decode(&parts, sealed.id, sealed.version)
    }
}
