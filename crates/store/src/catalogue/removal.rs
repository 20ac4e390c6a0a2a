//! Rows go for good: a user with all that is below it, or one named namespace.

use std::collections::BTreeSet;

#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{KeyId, NamespaceId, TenantId, User};

use super::bodies::decode;
use super::keys::stored_credential;
use super::lookups::{CREDENTIALS, NAMESPACES, SESSIONS, TOMBSTONES, USERS};
use super::namespaces::stored_namespace;
use super::sessions::Stay;
use super::users::{stored_user, user_of};
use super::{Catalogue, Desk};
use crate::Error;
use crate::sealed_rows::Row;

/// What was removed of a user.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RemovedUser {
    /// Its incarnations, those of sub-scopes among them.
    pub(crate) namespaces: Vec<NamespaceId>,
    /// Its keys, which nobody knows any more.
    pub(crate) keys: Vec<KeyId>,
}

impl Catalogue {
    /// Every living incarnation there is: what the start compares files and keys with.
    pub(crate) fn living(&self) -> Result<BTreeSet<NamespaceId>, Error> {
        let rows = self.desk()?.rows.reader().all(NAMESPACES)?;
        rows.iter()
            .map(|row| Ok(stored_namespace(row)?.id))
            .collect()
    }

    /// Removes a user's rows, namespaces and keys in one durable commit, and voids what was
    /// promised to it. `None` when nothing of it was stored.
    pub(crate) fn remove_user(
        &self,
        tenant: TenantId,
        user: &User,
    ) -> Result<Option<RemovedUser>, Error> {
        let lookup = self.lookups.user(tenant, user);
        let owner = self.lookups.of_user(tenant, user);
        let mut desk = self.desk()?;
        let mut rows = Vec::from_iter(desk.rows.reader().get(USERS, &lookup)?);
        for row in &rows {
            // A link that came between the question and the erasure: who asked meant another one.
            if stored_user(row)?.standing.linked_to.is_some() {
                return Err(Error::Linked);
            }
        }
        let mut owners = vec![owner];
        // Second names go with their user, and so do keys that are bound to them.
        for row in desk.rows.reader().owned(USERS, &owner)? {
            owners.push(self.lookups.of_user(tenant, &user_of(&decode(&row.body)?)?));
            rows.push(row);
        }
        desk.pending_users.remove(&lookup);
        let (mut namespaces, mut keys, mut stays) = (Vec::new(), Vec::new(), Vec::new());
        // What was kept under one of the names by whoever was not known yet.
        for owner in &owners {
            stays.extend(desk.rows.reader().owned(SESSIONS, owner)?);
        }
        for stay in &stays {
            owners.push(self.owner_of_session(stay)?);
        }
        for owner in &owners {
            // INVARIANT: under the same hold of the desk as the deletion, see `materialise.rs`.
            desk.reservations.void(owner);
            namespaces.extend(desk.rows.reader().owned(NAMESPACES, owner)?);
            keys.extend(desk.rows.reader().owned(CREDENTIALS, owner)?);
        }
        if namespaces.is_empty() && keys.is_empty() && rows.is_empty() && stays.is_empty() {
            return Ok(None);
        }
        let tombstones = self.tombstones_for(&namespaces)?;
        self.sessions_end(&stays);
        let removed = self.transact(&mut desk, |writer| {
            for tombstone in &tombstones {
                writer.insert(tombstone)?;
            }
            for row in namespaces.iter().chain(&keys).chain(&rows).chain(&stays) {
                writer.delete(row.table, &row.lookup)?;
            }
            Ok(())
        });
        self.sessions_ended(&desk, &stays, removed.is_ok());
        removed?;
        for lookup in rows.iter().map(|row| row.lookup).chain([lookup]) {
            self.caches.users.put(lookup, None);
        }
        let mut removed = RemovedUser::default();
        for row in &namespaces {
            removed.namespaces.push(self.unlearn_namespace(&desk, row)?);
        }
        for row in &keys {
            let stored = stored_credential(row)?;
            #[cfg(feature = "sabotage")]
            if sabotage::is(Bug::ErasedKeyRemembered) {
                continue;
            }
            self.caches.credentials.remove(stored.hash.as_bytes());
            self.caches.keys.remove(stored.record.key.as_bytes());
            removed.keys.push(stored.record.key);
        }
        truncate(&mut desk);
        Ok(Some(removed))
    }

    /// Removes one session or sandbox of a tenant and what is kept in it, in one durable commit. `None`
    /// when there is none.
    pub(crate) fn remove_session(
        &self,
        tenant: TenantId,
        stay: Stay,
        is_approved: bool,
    ) -> Result<Option<Vec<NamespaceId>>, Error> {
        let mut desk = self.desk()?;
        let Some(row) = self.session_ending(&desk, tenant, stay, is_approved)? else {
            return Ok(None);
        };
        let kept = self.remove_sessions(&mut desk, &[row])?;
        Ok(Some(kept))
    }

    /// Removes sessions of a tenant that are over, some at a time: how many, and what was kept in them.
    pub(crate) fn remove_sessions_over(
        &self,
        tenant: TenantId,
    ) -> Result<(usize, Vec<NamespaceId>), Error> {
        let mut desk = self.desk()?;
        let over = self.sessions_over(&desk, tenant)?;
        if over.is_empty() {
            return Ok((0, Vec::new()));
        }
        let kept = self.remove_sessions(&mut desk, &over)?;
        Ok((over.len(), kept))
    }

    /// Removes sessions that nobody can use any more, or lets them live on when that fails.
    fn remove_sessions(
        &self,
        desk: &mut Desk,
        sessions: &[Row],
    ) -> Result<Vec<NamespaceId>, Error> {
        let removed = self.try_remove_sessions(desk, sessions);
        self.sessions_ended(desk, sessions, removed.is_ok());
        removed
    }

    fn try_remove_sessions(
        &self,
        desk: &mut Desk,
        sessions: &[Row],
    ) -> Result<Vec<NamespaceId>, Error> {
        let mut kept = Vec::new();
        for session in sessions {
            let owner = self.owner_of_session(session)?;
            // INVARIANT: under the same hold of the desk as the deletion, see `materialise.rs`.
            desk.reservations.void(&owner);
            kept.extend(desk.rows.reader().owned(NAMESPACES, &owner)?);
        }
        let tombstones = self.tombstones_for(&kept)?;
        self.transact(desk, |writer| {
            for tombstone in &tombstones {
                writer.insert(tombstone)?;
            }
            for row in kept.iter().chain(sessions) {
                writer.delete(row.table, &row.lookup)?;
            }
            Ok(())
        })?;
        let unlearn = |row: &Row| self.unlearn_namespace(desk, row);
        let removed = kept.iter().map(unlearn).collect::<Result<_, _>>()?;
        truncate(desk);
        Ok(removed)
    }

    /// Removes the row of one incarnation, durably. `false` when there was none.
    pub(crate) fn remove_namespace(&self, namespace: NamespaceId) -> Result<bool, Error> {
        let alias = self.lookups.namespace(namespace);
        let mut desk = self.desk()?;
        let Some(row) = desk.rows.reader().by_alias(NAMESPACES, &alias)? else {
            return Ok(false);
        };
        let tombstones = self.tombstones_for(std::slice::from_ref(&row))?;
        self.transact(&mut desk, |writer| {
            for tombstone in &tombstones {
                writer.insert(tombstone)?;
            }
            writer.delete(NAMESPACES, &row.lookup)
        })?;
        self.unlearn_namespace(&desk, &row)?;
        truncate(&mut desk);
        Ok(true)
    }

    /// What stands for namespaces from the commit that erases them until their keys and files are
    /// gone. It tells a start which files without a row are to be destroyed, and which are there
    /// because the catalogue is not the newest.
    fn tombstones_for(&self, namespaces: &[Row]) -> Result<Vec<Row>, Error> {
        let now = self.now();
        let tombstone = |row: &Row| {
            let id = stored_namespace(row)?.id;
            Ok(Row {
                table: TOMBSTONES,
                lookup: self.lookups.tombstone(id),
                alias: None,
                parent: self.lookups.of_installation(),
                owner: None,
                version: 1,
                created_at: now,
                updated_at: now,
                body: id.as_bytes().to_vec().into(),
            })
        };
        namespaces.iter().map(tombstone).collect()
    }

    /// Every incarnation that was erased and may not be destroyed yet.
    pub(crate) fn tombstones(&self) -> Result<BTreeSet<NamespaceId>, Error> {
        let rows = self.desk()?.rows.reader().all(TOMBSTONES)?;
        rows.iter().map(buried).collect()
    }

    /// Forgets incarnations whose keys and files are gone.
    pub(crate) fn bury(&self, namespaces: &[NamespaceId]) -> Result<(), Error> {
        let mut desk = self.desk()?;
        self.transact(&mut desk, |writer| {
            for namespace in namespaces {
                let lookup = self.lookups.tombstone(*namespace);
                if writer.reader().get(TOMBSTONES, &lookup)?.is_some() {
                    writer.delete(TOMBSTONES, &lookup)?;
                }
            }
            Ok(())
        })
    }

    /// `_` shows that the caller holds the desk.
    fn unlearn_namespace(&self, _: &Desk, row: &Row) -> Result<NamespaceId, Error> {
        self.caches.incarnations.put(row.lookup, None);
        let id = stored_namespace(row)?.id;
        self.frozen().remove(&id);
        self.caches.namespaces.remove(id.as_bytes());
        Ok(id)
    }
}

/// The incarnation that a tombstone stands for.
pub(super) fn buried(row: &Row) -> Result<NamespaceId, Error> {
    <[u8; 16]>::try_from(row.body.as_slice())
        .map(NamespaceId::from_bytes)
        .map_err(|_| Error::Malformed { what: "tombstone" })
}

/// The rows are gone already; a log that could not be cut is cut by a later checkpoint.
fn truncate(desk: &mut Desk) {
    if let Err(error) = desk.rows.truncate_log() {
        tracing::warn!(%error, "the catalogue's write-ahead log was not cut");
    }
}
