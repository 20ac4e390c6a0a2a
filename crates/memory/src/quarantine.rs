//! The quarantine: how much a sandbox holds, and how what is in it comes out.
//!
//! INVARIANT: what is kept in a sandbox appears elsewhere by an approval alone: marked, all of it in one
//! commit, and before anything of the sandbox is destroyed. An approval that was cut may be repeated.

use anchorhold_crypto::sha256;
use anchorhold_identity::{Admin, Read, Scope, TenantAdmin, Write};
use anchorhold_model::limits::SANDBOX_MEMORY_BYTES_MAX;
use anchorhold_model::{Draft, Memory, Metadata, Place, RecordId, SandboxHandle, User};
use anchorhold_store::{Error as StoreError, SandboxRecord};

use crate::audited::Deed;
use crate::resident::Resident;
use crate::{
    Arrival, Engine, Error, Exported, ForeignVector, Imported, Listed, Page, Receipt, codec,
};

/// The longest word for how sure a claim was.
const ASSERTED: &str = "asserted";
/// How often what was written meanwhile is taken along.
const ROUNDS: usize = 3;

/// What an approval did.
pub struct Approved {
    /// Whose the memories are now.
    pub user: User,
    /// Memories that were moved.
    pub moved: u64,
    /// What was destroyed of the sandbox.
    pub receipt: Receipt,
}

impl Engine {
    /// The sandboxes of a tenant that live, those used last first, at most `limit` of them.
    pub fn sandbox_list(
        &self,
        proof: &TenantAdmin,
        limit: usize,
    ) -> Result<Vec<SandboxRecord>, Error> {
        Ok(self.store.catalogue().sandbox_list(proof, limit)?)
    }

    /// One sandbox. [`Error::NamespaceNotFound`] for one that is not there.
    pub fn sandbox_get(
        &self,
        proof: &TenantAdmin,
        sandbox: SandboxHandle,
    ) -> Result<SandboxRecord, Error> {
        let found = self.store.catalogue().sandbox_get(proof, sandbox);
        found.map_err(|error| match error {
            StoreError::NotFound => Error::NamespaceNotFound,
            error => error.into(),
        })
    }

    /// A sandbox with one page of what is kept in it, newest first. That it was read is written down.
    pub fn sandbox_show(
        &self,
        proof: &TenantAdmin,
        sandbox: SandboxHandle,
        scope: Option<&Scope<Admin>>,
        page: &Page,
    ) -> Result<(SandboxRecord, Listed), Error> {
        let record = self.sandbox_get(proof, sandbox)?;
        let deed = Deed {
            actor: proof.actor(),
            verb: "quarantine_show",
            namespace: scope.map(Scope::namespace),
            records: 0,
        };
        let read = || self.list(scope.map(Scope::narrow::<Read>).as_ref(), page);
        let (listed, _) = self.audited(&deed, read)?;
        Ok((record, listed))
    }

    /// Destroys a sandbox with what is kept in it.
    pub fn sandbox_reject(
        &self,
        proof: &TenantAdmin,
        sandbox: SandboxHandle,
    ) -> Result<Receipt, Error> {
        self.erase_subject(&proof.sandbox_erasure(sandbox))
    }

    /// Gives what is kept in a sandbox (`from`, if there is anything) to the user of `to`, each memory
    /// marked with the sandbox and how sure its claim was, and destroys the sandbox. A memory whose id
    /// stands for another one there gets an id of its own.
    pub fn sandbox_approve(
        &self,
        proof: &TenantAdmin,
        sandbox: SandboxHandle,
        from: Option<&Scope<Admin>>,
        to: &Scope<Write>,
    ) -> Result<Approved, Error> {
        let Place::User(user, _) = &to.address().place else {
            return Err(Error::Internal("an approval to nobody".to_owned()));
        };
        let record = self.sandbox_get(proof, sandbox)?;
        let deed = Deed {
            actor: proof.actor(),
            verb: "quarantine_approve",
            namespace: from.map(Scope::namespace),
            records: 0,
        };
        let approve = || {
            let moved = match from {
                Some(from) => self.moved(&from.narrow(), to, Mark::of(&record))?,
                None => 0,
            };
            let receipt = self.sandbox_reject(proof, sandbox)?;
            Ok((moved, receipt))
        };
        let ((moved, receipt), _) = self.audited(&deed, approve)?;
        Ok(Approved {
            user: user.clone(),
            moved,
            receipt,
        })
    }

    /// Brings everything over. What is written while it runs is taken along, as far as it is written
    /// before the last look; a later write goes with the sandbox, like one that races with an erasure.
    fn moved(&self, from: &Scope<Read>, to: &Scope<Write>, mark: Mark) -> Result<u64, Error> {
        let mut rounds = 0;
        loop {
            let resident = self.resident(from)?;
            let all = self.all_of(from, &resident)?;
            self.bring(from, to, &all, mark)?;
            rounds += 1;
            let is_still = !resident.is_behind(self.store.vault().head(from)?);
            if is_still || rounds == ROUNDS {
                return Ok(u64::try_from(all.len()).unwrap_or(u64::MAX));
            }
        }
    }

    /// Everything that a namespace holds now.
    fn all_of(&self, scope: &Scope<Read>, resident: &Resident) -> Result<Vec<Exported>, Error> {
        let now = self.clock.now();
        let found: Vec<_> = {
            let index = resident.index()?;
            let live = index.entries();
            let live = live.filter(|entry| !entry.facets.is_expired(now));
            live.map(|entry| (entry.facets.id, entry.payload.clone()))
                .collect()
        };
        let open = |sealed: &anchorhold_store::Sealed| {
            let parts = self.store.vault().open(scope, sealed)?;
            let opened = codec::decode(&parts, sealed.id, sealed.version)?;
            Ok(Exported {
                vector: opened.vector.clone(),
                memory: opened.into_memory(),
            })
        };
        let sealed = self.fetch_once(scope, resident, &found)?;
        sealed.iter().map(open).collect()
    }

    /// Keeps memories of a sandbox with a user, in one commit. Says nothing: all are there, or it failed.
    fn bring(
        &self,
        from: &Scope<Read>,
        to: &Scope<Write>,
        all: &[Exported],
        mark: Mark,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let (here, there) = (self.resident(from)?, self.resident(&to.narrow())?);
        let model = {
            let space = here.space(&*here.index()?, now);
            space.and_then(|space| self.embedders.name(space).map(str::to_owned))
        };
        let mut arrivals = Vec::with_capacity(all.len());
        for one in all {
            let id = one.memory.facets.id;
            let is_taken = match there.live(&id, now)? {
                Some(body) => {
                    let there = self.open_memory(&to.narrow(), &there, (id, body))?;
                    there.content != one.memory.content
                }
                None => false,
            };
            let id = if is_taken { own_id(from, id) } else { id };
            arrivals.push(arrival(one, id, model.as_deref(), mark)?);
        }
        for result in self.import(to, arrivals)? {
            let (Imported::Kept | Imported::Skipped) = result?;
        }
        Ok(())
    }

    /// Refuses what a sandbox has no room for; elsewhere there is room.
    pub(crate) fn check_room<'a>(
        &self,
        scope: &Scope<Write>,
        resident: &Resident,
        more: usize,
        memories: impl IntoIterator<Item = (&'a str, &'a Metadata)>,
    ) -> Result<(), Error> {
        let Place::Quarantine(_) = scope.address().place else {
            return Ok(());
        };
        let policy = self.store.catalogue().quarantine(scope.address().tenant)?;
        let held = resident.index()?.len().saturating_add(more);
        if more > 0 && u64::try_from(held).unwrap_or(u64::MAX) > policy.memories_max {
            return Err(Error::SandboxFull);
        }
        for (text, metadata) in memories {
            let bytes = text.len().saturating_add(metadata.as_str().len());
            let can_be_marked = metadata
                .from_quarantine(ASSERTED, SandboxHandle::from_bytes([0; 16]))
                .is_ok();
            if bytes > SANDBOX_MEMORY_BYTES_MAX || !can_be_marked {
                return Err(Error::SandboxMemoryTooLarge);
            }
        }
        Ok(())
    }
}

/// What is told of a memory that comes from a sandbox.
#[derive(Clone, Copy)]
struct Mark {
    /// How sure the claim was.
    tier: &'static str,
    sandbox: SandboxHandle,
}

impl Mark {
    const fn of(record: &SandboxRecord) -> Self {
        let tier = match (&record.claim, record.is_asserted) {
            (None, _) => "none",
            (Some(_), true) => ASSERTED,
            (Some(_), false) => "claimed",
        };
        let sandbox = record.handle;
        Self { tier, sandbox }
    }
}

/// The same one at every attempt, and one that nobody else makes.
fn own_id(from: &Scope<Read>, id: RecordId) -> RecordId {
    let hash = sha256(&[from.namespace().as_bytes().as_slice(), id.as_bytes()].concat());
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash) {
        *byte = hashed;
    }
    // A UUID of version 8 (RFC 9562).
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = *version & 0x0f | 0x80;
    *variant = *variant & 0x3f | 0x80;
    RecordId::from_bytes(bytes)
}

fn arrival(
    one: &Exported,
    id: RecordId,
    model: Option<&str>,
    mark: Mark,
) -> Result<Arrival, Error> {
    let Memory { facets, content } = &one.memory;
    let metadata = facets.metadata.from_quarantine(mark.tier, mark.sandbox);
    let metadata = metadata.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Arrival {
        draft: Draft {
            id: Some(id),
            content: content.clone(),
            memory_type: facets.memory_type,
            importance: facets.importance,
            tags: facets.tags.clone(),
            metadata,
            event_time: facets.event_time,
            ttl_seconds: None,
            speaker: facets.speaker.clone(),
            conversation: facets.conversation.clone(),
            vector: None,
        },
        version: 1,
        ordinal: None,
        created_at: Some(facets.created_at),
        updated_at: Some(facets.updated_at),
        expires_at: facets.expires_at,
        vector: model.map(|model| ForeignVector {
            model: model.to_owned(),
            scale: one.vector.scale(),
            values: one.vector.values().to_vec(),
        }),
    })
}
