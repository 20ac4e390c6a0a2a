//! Erasing a user with all that is below it, and dropping a namespace.
//!
//! First the rows of the catalogue (from then on it is done, whatever crashes), then the keys,
//! then the files.

use anchorhold_identity::{Admin, Scope, SessionSweep, Subject, SubjectErasure};
use anchorhold_model::{KeyId, NamespaceId, TenantId, hex};

use super::{Residue, Shredded, Store};
use crate::Error;
use crate::catalogue::{RemovedUser, Stay};

/// The places whose backups may hold a wrapped key or a row of an erased namespace.
const RESIDUE_PLACES: [&str; 2] = ["catalogue backups", "keyring backups"];

/// What a sweep of sessions destroyed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweptSessions {
    /// How many sessions were over.
    pub sessions: usize,
    /// What was kept in them.
    pub namespaces: Vec<NamespaceId>,
}

impl Store {
    /// Erases every incarnation of a user or a session, its keys, its row and what was promised to it.
    /// [`Error::NotFound`] when nothing of it is stored. O(1) in the number of records.
    pub fn erase_subject(&self, erasure: &SubjectErasure) -> Result<Shredded, Error> {
        let tenant = erasure.tenant();
        let removed = match erasure.subject() {
            Subject::User(user) => self.catalogue.remove_user(tenant, user),
            Subject::Session(session) => self.remove_stay(tenant, Stay::Session(*session), false),
            Subject::Sandbox(sandbox) => self.remove_stay(tenant, Stay::Sandbox(*sandbox), false),
            Subject::Approved(sandbox) => self.remove_stay(tenant, Stay::Sandbox(*sandbox), true),
        };
        let removed = removed.inspect_err(|error| self.finish(tenant, error))?;
        let removed = removed.ok_or(Error::NotFound)?;
        self.shred(tenant, &removed.namespaces, removed.keys)
    }

    fn remove_stay(
        &self,
        tenant: TenantId,
        stay: Stay,
        is_approved: bool,
    ) -> Result<Option<RemovedUser>, Error> {
        let removed = self.catalogue.remove_session(tenant, stay, is_approved)?;
        Ok(removed.map(|namespaces| RemovedUser {
            namespaces,
            keys: Vec::new(),
        }))
    }

    /// Erases sessions and sandboxes that are over, some at a time.
    pub fn sweep_sessions(&self, sweep: &SessionSweep) -> Result<SweptSessions, Error> {
        let tenant = sweep.tenant();
        let removed = self.catalogue.remove_sessions_over(tenant);
        let (sessions, namespaces) = removed.inspect_err(|error| self.finish(tenant, error))?;
        self.shred(tenant, &namespaces, Vec::new())?;
        Ok(SweptSessions {
            sessions,
            namespaces,
        })
    }

    /// Destroys one namespace.
    pub fn namespace_drop(&self, scope: &Scope<Admin>) -> Result<Shredded, Error> {
        let namespace = scope.namespace();
        let tenant = scope.address().tenant;
        let removed = self.catalogue.remove_namespace(namespace);
        if !removed.inspect_err(|error| self.finish(tenant, error))? {
            return Err(Error::NotFound);
        }
        self.shred(tenant, &[namespace], Vec::new())
    }

    /// A removal whose outcome is not known may have happened: what has a tombstone goes now. If
    /// even that cannot be read, the next start does it.
    fn finish(&self, tenant: TenantId, error: &Error) {
        if !matches!(error, Error::OutcomeUnknown) {
            return;
        }
        let done = self.catalogue.tombstones().and_then(|erased| {
            let erased: Vec<NamespaceId> = erased.into_iter().collect();
            self.vault.shred(tenant, &erased)
        });
        if let Err(error) = done {
            tracing::error!(%error, "an erasure of unknown outcome is left for the next start");
        }
    }

    fn shred(
        &self,
        tenant: TenantId,
        namespaces: &[NamespaceId],
        revoked_keys: Vec<KeyId>,
    ) -> Result<Shredded, Error> {
        // The rows are gone, so it will be done: by the next checkpoint, or the next start.
        let records = self.vault.shred(tenant, namespaces).map_err(|error| {
            tracing::error!(%error, "an erasure is finished in the background");
            Error::OutcomeUnknown
        })?;
        let erased_at = self.options.clock.now();
        let until = erased_at.plus_seconds(u64::from(self.options.residue_days) * 86_400);
        let key_id = |namespace: &NamespaceId| format!("nsk_{}", hex(namespace.as_bytes()));
        Ok(Shredded {
            namespaces: u64::try_from(namespaces.len()).unwrap_or(u64::MAX),
            records,
            key_ids: namespaces.iter().map(key_id).collect(),
            revoked_keys,
            erased_at,
            residues: RESIDUE_PLACES
                .map(|place| Residue { place, until })
                .to_vec(),
        })
    }
}
