//! The quarantine: how much a sandbox holds, and how what is in it comes out.
//!
//! INVARIANT: what is kept in a sandbox appears elsewhere by an approval alone: marked, all of it in one
//! commit, at one user, and before anything of the sandbox is destroyed. An approval that was cut is repeated.

use anchorhold_identity::{Admin, Read, Scope, TenantAdmin, Write};
use anchorhold_model::limits::SANDBOX_MEMORY_BYTES_MAX;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Metadata, Place, SandboxHandle, User};
use anchorhold_store::{Error as StoreError, SandboxRecord};

use crate::audited::Deed;
use crate::resident::{Resident, Room};
use crate::{Engine, Error, Listed, Page, Receipt};

/// The longest word for how sure a claim was.
const ASSERTED: &str = "asserted";

/// A sandbox with what is kept in it.
pub struct Shown {
    /// The sandbox.
    pub record: SandboxRecord,
    /// One page of its memories.
    pub listed: Listed,
    /// What an approval of what is shown names.
    pub version: u64,
}

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
    ) -> Result<Shown, Error> {
        let record = self.sandbox_get(proof, sandbox)?;
        let deed = Deed {
            actor: proof.actor(),
            verb: "quarantine_show",
            namespace: scope.map(Scope::namespace),
            records: 0,
        };
        let read = || self.list(scope.map(Scope::narrow::<Read>).as_ref(), page);
        let scope = scope.map(Scope::narrow);
        let version = self.version(scope.as_ref())?;
        let (listed, _) = self.audited(&deed, read)?;
        Ok(Shown {
            record,
            listed,
            version,
        })
    }

    /// Destroys a sandbox with what is kept in it.
    pub fn sandbox_reject(
        &self,
        proof: &TenantAdmin,
        sandbox: SandboxHandle,
    ) -> Result<Receipt, Error> {
        let rejected = self.erase_subject(&proof.sandbox_erasure(sandbox));
        rejected.map_err(|error| match error {
            Error::UserLinked => Error::SandboxDecided,
            error => error,
        })
    }

    /// Gives what is kept in a sandbox (`from`, if there is anything) to the user of `to`, each memory
    /// marked with the sandbox and how sure its claim was, and destroys the sandbox. A memory whose id
    /// stands for another one there gets an id of its own. With a `version`, as [`Engine::sandbox_show`] told
    /// it, [`Error::VersionConflict`] when something was written since.
    ///
    /// First it is decided, durably: from then on nobody uses the sandbox, nothing is written there, and it
    /// can be given to nobody else.
    pub fn sandbox_approve(
        &self,
        proof: &TenantAdmin,
        sandbox: SandboxHandle,
        (from, to): (Option<&Scope<Admin>>, &Scope<Write>),
        version: Option<u64>,
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
        let from = from.map(Scope::narrow::<Read>);
        let approve = || {
            let is_new = self.decide(proof, sandbox, Some(user))?;
            if let Some(from) = &from {
                // What was let in before is on the disk once it is read from there.
                self.residents.forget(from.namespace());
                self.resident(from)?;
            }
            let is_another = |version| self.version(from.as_ref()).ok() != Some(version);
            // A first write that came between the question and the decision was not looked at either.
            let has_begun = from.is_none() && self.sandbox_get(proof, sandbox)?.namespace.is_some();
            if has_begun || version.is_some_and(is_another) {
                if is_new {
                    self.decide(proof, sandbox, None)?;
                }
                return Err(Error::VersionConflict);
            }
            let moved = match &from {
                Some(from) => self.bring(from, to, Mark::of(&record))?,
                None => 0,
            };
            #[cfg(feature = "sabotage")]
            let user = match &record.claim {
                Some(claim) if sabotage::is(Bug::ApprovalKnowsClaim) => claim,
                _ => user,
            };
            self.store.catalogue().user_create(proof, user, None)?;
            let receipt = self.erase_subject(&proof.approved_erasure(sandbox))?;
            Ok((moved, receipt))
        };
        let ((moved, receipt), _) = self.audited(&deed, approve)?;
        Ok(Approved {
            user: user.clone(),
            moved,
            receipt,
        })
    }

    fn decide(
        &self,
        proof: &TenantAdmin,
        sandbox: SandboxHandle,
        user: Option<&User>,
    ) -> Result<bool, Error> {
        let decided = self.store.catalogue().sandbox_decide(proof, sandbox, user);
        decided.map_err(|error| match error {
            StoreError::NotFound => Error::NamespaceNotFound,
            StoreError::Linked => Error::SandboxDecided,
            error => error.into(),
        })
    }

    /// What changes with every write; 0 while there was none.
    fn version(&self, scope: Option<&Scope<Read>>) -> Result<u64, Error> {
        let head = scope.map(|scope| self.store.vault().head(scope));
        Ok(head.transpose()?.map_or(0, |head| head.sequence))
    }

    /// Keeps everything of a sandbox, where nothing is written any more, with a user: all of it in one
    /// commit, or nothing. Says how many memories there are.
    fn bring(&self, from: &Scope<Read>, to: &Scope<Write>, mark: Mark) -> Result<u64, Error> {
        let here = self.resident(from)?;
        let all = here.live_entries(self.clock.now(), |_| true)?;
        let all = self.opened(from, &here, &all)?;
        let marking = |metadata: &Metadata| mark.put_on(metadata);
        let carried = self.carry((from, &here), to, &all, (&marking, &|| true))?;
        Ok(carried.kept + carried.present)
    }

    /// Refuses what a sandbox has no room for; elsewhere there is room.
    pub(crate) fn check_room<'a, 'r>(
        &self,
        scope: &Scope<Write>,
        resident: &'r Resident,
        more: usize,
        memories: impl IntoIterator<Item = (&'a str, &'a Metadata)>,
    ) -> Result<Option<Room<'r>>, Error> {
        let Place::Quarantine(_) = scope.address().place else {
            return Ok(None);
        };
        let policy = self.store.catalogue().quarantine(scope.address().tenant)?;
        // What changes takes no more room, also where there is too little by now.
        let records_max = if more > 0 {
            policy.memories_max
        } else {
            u64::MAX
        };
        let room = resident.room(more, records_max)?;
        let room = room.ok_or(Error::SandboxFull)?;
        for (text, metadata) in memories {
            let bytes = text.len().saturating_add(metadata.as_str().len());
            let can_be_marked = metadata
                .from_quarantine(ASSERTED, SandboxHandle::from_bytes([0; 16]))
                .is_ok();
            if bytes > SANDBOX_MEMORY_BYTES_MAX || !can_be_marked {
                return Err(Error::SandboxMemoryTooLarge);
            }
        }
        Ok(Some(room))
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

    fn put_on(self, metadata: &Metadata) -> Result<Metadata, Error> {
        let marked = metadata.from_quarantine(self.tier, self.sandbox);
        marked.map_err(|error| Error::Internal(error.to_string()))
    }
}
