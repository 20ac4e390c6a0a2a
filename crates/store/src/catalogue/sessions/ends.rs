//! Which sessions live, what is known of their last uses, and how they end.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anchorhold_crypto::Lookup;
use anchorhold_identity::{TenantAdmin, TenantRecord};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Address, NamespaceId, TenantId, Timestamp};

use super::super::lookups::{SESSIONS, TENANTS};
use super::super::{Catalogue, Desk, next_row};
use super::{KEPT_MAX, Kind, SWEPT_MAX, Stay, StoredSession, end, idle_seconds, stored_session};
use crate::Error;
use crate::sealed_rows::Row;

/// One of a list that lives.
pub(super) struct Listed {
    pub(super) row: Row,
    pub(super) stored: StoredSession,
    pub(super) used_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) namespace: Option<NamespaceId>,
}

impl Catalogue {
    /// What lives of a list, those used last first, at most `limit` of them.
    pub(super) fn living_of(
        &self,
        admin: &TenantAdmin,
        kind: Kind,
        limit: usize,
    ) -> Result<Vec<Listed>, Error> {
        let tenant = self.tenant_by_id(admin.tenant())?.ok_or(Error::NotFound)?;
        let tenant = &tenant.record;
        let parent = self.list_of(tenant.id, kind);
        let now = self.now();
        let mut desk = self.desk()?;
        let mut rows = desk.rows.reader().latest(SESSIONS, &parent, limit)?;
        if rows.len() >= limit {
            // INVARIANT: which are left out does not tell what was written down before.
            drop(desk);
            self.keep_session_uses()?;
            desk = self.desk()?;
            rows = desk.rows.reader().latest(SESSIONS, &parent, limit)?;
        }
        let mut listed = Vec::new();
        for row in rows {
            listed.extend(self.listed(&desk, tenant, row)?);
        }
        listed.retain(|one| one.expires_at > now);
        listed.sort_by_key(|one| Reverse((one.used_at, one.row.lookup)));
        Ok(listed)
    }

    /// What is known of one; `None` while it ends.
    pub(super) fn listed(
        &self,
        desk: &Desk,
        tenant: &TenantRecord,
        row: Row,
    ) -> Result<Option<Listed>, Error> {
        let stored = stored_session(&row)?;
        let Some(used_at) = self.sessions.uses().of(&row.lookup, &stored) else {
            return Ok(None);
        };
        let address = Address {
            tenant: tenant.id,
            place: stored.stay.place(),
        };
        Ok(Some(Listed {
            used_at,
            expires_at: end(used_at, stored.stay.kind(), &tenant.identity),
            namespace: self.living_at(desk, &self.lookups.address(&address))?,
            row,
            stored,
        }))
    }

    /// Writes down which sessions were used lately. What was not is lost with the process: a session
    /// then ends as if its last use had been the one that was written down.
    pub fn keep_session_uses(&self) -> Result<usize, Error> {
        let uses: Vec<(Lookup, Timestamp)> = {
            let uses = self.sessions.uses();
            uses.lately
                .iter()
                .map(|(lookup, at)| (*lookup, *at))
                .collect()
        };
        let mut kept = 0;
        // Others come to the desk in between.
        for some in uses.chunks(KEPT_MAX) {
            kept += self.keep_some_uses(some)?;
        }
        Ok(kept)
    }

    fn keep_some_uses(&self, uses: &[(Lookup, Timestamp)]) -> Result<usize, Error> {
        let mut desk = self.desk()?;
        let kept = self.transact(&mut desk, |writer| {
            let mut kept = Vec::with_capacity(uses.len());
            for (lookup, at) in uses {
                let row = match writer.reader().get(SESSIONS, lookup) {
                    // Damage of one does not keep the others from it.
                    Err(Error::Tampered { .. } | Error::Malformed { .. }) => None,
                    row => row?,
                };
                if let Some(row) = row.filter(|row| row.updated_at < *at) {
                    let body = row.body.clone();
                    let row = next_row(row, *at, body);
                    writer.update(&row)?;
                    kept.push(row);
                }
            }
            Ok(kept)
        })?;
        for row in &kept {
            self.remember_session(&desk, row)?;
        }
        let lately = &mut self.sessions.uses().lately;
        for (lookup, at) in uses {
            if lately.get(lookup).is_some_and(|used| used <= at) {
                lately.remove(lookup);
            }
        }
        Ok(kept.len())
    }

    /// How many sessions and sandboxes of a tenant the next sweep may end.
    pub fn sessions_due(&self, tenant: TenantId) -> Result<usize, Error> {
        let desk = self.desk()?;
        let (sessions, _) = self.due(&desk, tenant, Kind::Session)?;
        let (sandboxes, _) = self.due(&desk, tenant, Kind::Sandbox)?;
        Ok((sessions.len() + sandboxes.len()).min(SWEPT_MAX))
    }

    /// Every tenant.
    pub fn tenants(&self) -> Result<BTreeSet<TenantId>, Error> {
        self.tenants_that_open()
    }

    /// Rows of a list that may be over, and since when they were not used if they are.
    fn due(
        &self,
        desk: &Desk,
        tenant: TenantId,
        kind: Kind,
    ) -> Result<(Vec<Row>, Timestamp), Error> {
        let reader = desk.rows.reader();
        let row = reader.by_alias(TENANTS, &self.lookups.tenant(tenant))?;
        let idle = self.stored_tenant(&row.ok_or(Error::NotFound)?)?;
        let idle = idle_seconds(kind, &idle.record.identity);
        let until = self.now().minus_seconds(idle);
        let parent = self.list_of(tenant, kind);
        Ok((reader.unchanged_since(SESSIONS, &parent, until)?, until))
    }

    /// Rows of sessions and sandboxes of a tenant that nobody used for so long, at most some at a time.
    /// Nobody can use them until [`Self::sessions_ended`].
    pub(in crate::catalogue) fn sessions_over(
        &self,
        desk: &Desk,
        tenant: TenantId,
    ) -> Result<Vec<Row>, Error> {
        let mut over = self.some_over(desk, tenant, Kind::Session)?;
        if over.is_empty() {
            over = self.some_over(desk, tenant, Kind::Sandbox)?;
        }
        Ok(over)
    }

    fn some_over(&self, desk: &Desk, tenant: TenantId, kind: Kind) -> Result<Vec<Row>, Error> {
        let (due, until) = self.due(desk, tenant, kind)?;
        let mut over = Vec::new();
        // Read before any of them is marked: an error marks none.
        let due = due.into_iter().map(|row| Ok((stored_session(&row)?, row)));
        for (stored, row) in due.collect::<Result<Vec<_>, Error>>()? {
            if over.len() == SWEPT_MAX {
                break;
            }
            let mut uses = self.sessions.uses();
            if uses.of(&row.lookup, &stored).is_some_and(|at| at <= until) {
                uses.ending.insert(row.lookup);
                over.push(row);
            }
        }
        Ok(over)
    }

    /// The row of one session or sandbox of a tenant, which nobody can use from now on.
    pub(in crate::catalogue) fn session_ending(
        &self,
        desk: &Desk,
        tenant: TenantId,
        stay: Stay,
        is_approved: bool,
    ) -> Result<Option<Row>, Error> {
        let alias = self.lookup_of(tenant, stay);
        let row = desk.rows.reader().by_alias(SESSIONS, &alias)?;
        let stored = row.as_ref().map(stored_session).transpose()?;
        // What was promised to somebody is destroyed when they have it.
        if stored.is_some_and(|stored| stored.is_decided != is_approved) {
            return Err(Error::Linked);
        }
        if let Some(row) = &row {
            self.sessions.uses().ending.insert(row.lookup);
        }
        Ok(row)
    }

    /// Nobody can use these from now on, until [`Self::sessions_ended`].
    pub(in crate::catalogue) fn sessions_end(&self, rows: &[Row]) {
        let lookups = rows.iter().map(|row| row.lookup);
        self.sessions.uses().ending.extend(lookups);
    }

    /// What the namespace of a session or a sandbox is listed under.
    pub(in crate::catalogue) fn owner_of_session(&self, session: &Row) -> Result<Lookup, Error> {
        let stored = stored_session(session)?;
        Ok(match stored.stay {
            Stay::Session(session) => self.lookups.of_session(stored.tenant, session),
            Stay::Sandbox(sandbox) => self.lookups.of_sandbox(stored.tenant, sandbox),
        })
    }

    /// Ends of sessions are done, or did not come to pass. A row that is gone is gone from memory before
    /// anybody may look there again.
    pub(in crate::catalogue) fn sessions_ended(&self, _: &Desk, rows: &[Row], are_gone: bool) {
        for row in rows {
            #[cfg(feature = "sabotage")]
            let is_remembered = is_remembered(row);
            #[cfg(not(feature = "sabotage"))]
            let is_remembered = false;
            if are_gone && !is_remembered {
                self.caches.sessions.remove(&row.lookup);
            }
            let mut uses = self.sessions.uses();
            uses.ending.remove(&row.lookup);
            if are_gone {
                uses.lately.remove(&row.lookup);
                uses.ends += 1;
                drop(uses);
                if let Some(count) = self.sessions.counts().get_mut(&row.parent) {
                    *count = count.saturating_sub(1);
                }
            }
        }
    }
}

#[cfg(feature = "sabotage")]
fn is_remembered(row: &Row) -> bool {
    let kind = stored_session(row).map(|stored| stored.stay.kind());
    match kind {
        Ok(Kind::Session) => sabotage::is(Bug::EndedSessionRemembered),
        Ok(Kind::Sandbox) => sabotage::is(Bug::EndedSandboxRemembered),
        Err(_) => false,
    }
}
