//! Which sessions live, what is known of their last uses, and how they end.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anchorhold_crypto::Lookup;
use anchorhold_identity::TenantAdmin;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Address, Place, SessionHandle, TenantId, Timestamp};

use super::super::lookups::{SESSIONS, TENANTS};
use super::super::{Catalogue, Desk, next_row};
use super::{KEPT_MAX, SWEPT_MAX, SessionRecord, end, stored_session};
use crate::Error;
use crate::sealed_rows::Row;

impl Catalogue {
    /// The sessions of a tenant that live, those used last first, at most `limit` of them.
    pub fn session_list(
        &self,
        admin: &TenantAdmin,
        limit: usize,
    ) -> Result<Vec<SessionRecord>, Error> {
        let tenant = self.tenant_by_id(admin.tenant())?.ok_or(Error::NotFound)?;
        let tenant = &tenant.record;
        let parent = self.lookups.of_sessions(tenant.id);
        let now = self.now();
        let desk = self.desk()?;
        let reader = desk.rows.reader();
        let mut records = Vec::new();
        for row in reader.latest(SESSIONS, &parent, limit)? {
            let stored = stored_session(&row)?;
            let Some(used_at) = self.sessions.uses().of(&row.lookup, &stored) else {
                continue;
            };
            let expires_at = end(used_at, tenant);
            if expires_at <= now {
                continue;
            }
            let address = Address {
                tenant: tenant.id,
                place: Place::Session(stored.handle),
            };
            records.push(SessionRecord {
                handle: stored.handle,
                created_at: row.created_at,
                used_at,
                expires_at,
                namespace: self.living_at(&desk, &self.lookups.address(&address))?,
            });
        }
        records.sort_by_key(|record| Reverse((record.used_at, record.handle)));
        Ok(records)
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

    /// How many sessions of a tenant the next sweep may end.
    pub fn sessions_due(&self, tenant: TenantId) -> Result<usize, Error> {
        let desk = self.desk()?;
        Ok(self.due(&desk, tenant)?.0.len().min(SWEPT_MAX))
    }

    /// Every tenant.
    pub fn tenants(&self) -> Result<BTreeSet<TenantId>, Error> {
        self.tenants_that_open()
    }

    /// Rows of sessions that may be over, and since when they were not used if they are.
    fn due(&self, desk: &Desk, tenant: TenantId) -> Result<(Vec<Row>, Timestamp), Error> {
        let reader = desk.rows.reader();
        let row = reader.by_alias(TENANTS, &self.lookups.tenant(tenant))?;
        let idle = self.stored_tenant(&row.ok_or(Error::NotFound)?)?;
        let idle = idle.record.identity.sessions.idle_seconds;
        let until = self.now().minus_seconds(idle);
        let parent = self.lookups.of_sessions(tenant);
        Ok((reader.unchanged_since(SESSIONS, &parent, until)?, until))
    }

    /// Rows of sessions of a tenant that nobody used for so long, at most some at a time. Nobody can use
    /// them until [`Self::sessions_ended`].
    pub(in crate::catalogue) fn sessions_over(
        &self,
        desk: &Desk,
        tenant: TenantId,
    ) -> Result<Vec<Row>, Error> {
        let (due, until) = self.due(desk, tenant)?;
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

    /// The row of one session of a tenant, which nobody can use from now on.
    pub(in crate::catalogue) fn session_ending(
        &self,
        desk: &Desk,
        tenant: TenantId,
        session: SessionHandle,
    ) -> Result<Option<Row>, Error> {
        let alias = self.lookups.session_handle(tenant, session);
        let row = desk.rows.reader().by_alias(SESSIONS, &alias)?;
        if let Some(row) = &row {
            self.sessions.uses().ending.insert(row.lookup);
        }
        Ok(row)
    }

    /// What the namespace of a session is listed under.
    pub(in crate::catalogue) fn owner_of_session(&self, session: &Row) -> Result<Lookup, Error> {
        let stored = stored_session(session)?;
        Ok(self.lookups.of_session(stored.tenant, stored.handle))
    }

    /// Ends of sessions are done, or did not come to pass. A row that is gone is gone from memory before
    /// anybody may look there again.
    pub(in crate::catalogue) fn sessions_ended(&self, _: &Desk, rows: &[Row], are_gone: bool) {
        for row in rows {
            #[cfg(feature = "sabotage")]
            let is_remembered = sabotage::is(Bug::EndedSessionRemembered);
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
                if let Ok(stored) = stored_session(row)
                    && let Some(count) = self.sessions.counts().get_mut(&stored.tenant)
                {
                    *count = count.saturating_sub(1);
                }
            }
        }
    }
}
