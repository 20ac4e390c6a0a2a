//! Isolation sessions: begun, used, and over once nobody used them for so long.
//!
//! INVARIANT: a use and an end of the same session never both succeed. Who ends it says so in
//! [`Uses`] first, in the same hold in which it found that nobody used the session lately; who uses it
//! looks there, and whether any session has ended since it read the row. A use is kept in memory and reaches the row a little later: reads never write.

mod ends;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anchorhold_crypto::Lookup;
use anchorhold_identity::{Begun, NewSession, TenantRecord, Unavailable};
use anchorhold_model::limits::SESSION_SWEEP_SECONDS;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{NamespaceId, SessionHandle, SessionId, TenantId, Timestamp};

use super::bodies::{FORMAT, SessionBody, decode, encode};
use super::lookups::SESSIONS;
use super::{Catalogue, Desk, new_row};
use crate::Error;
use crate::sealed_rows::Row;

/// Sessions that one sweep ends at a time.
const SWEPT_MAX: usize = 1_024;
/// Uses that are written down in one hold of the desk.
const KEPT_MAX: usize = 256;

/// A session as its tenant sees it. Its id is the client's alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Names it; no secret.
    pub handle: SessionHandle,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Timestamp,
    /// When it is over if nobody uses it before.
    pub expires_at: Timestamp,
    /// What is kept in it; nothing before a first write.
    pub namespace: Option<NamespaceId>,
}

/// A session as its row says.
pub(super) struct StoredSession {
    pub(super) handle: SessionHandle,
    tenant: TenantId,
    used_at: Timestamp,
}

/// Uses that no row knows yet, and sessions that are being ended.
#[derive(Default)]
struct Uses {
    lately: BTreeMap<Lookup, Timestamp>,
    ending: BTreeSet<Lookup>,
    /// How often sessions have ended: what was read before may be of one that is gone.
    ends: u64,
}

/// Sessions have ended since this one was read, and it may be among them.
struct Stale;

/// How sessions are used.
#[derive(Default)]
pub(super) struct Sessions {
    uses: Mutex<Uses>,
    /// Living sessions of each tenant, counted at the first beginning.
    counts: Mutex<BTreeMap<TenantId, u64>>,
}

impl Sessions {
    fn uses(&self) -> MutexGuard<'_, Uses> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ends(&self) -> u64 {
        self.uses().ends
    }

    /// Forgets what was counted and read: the rows say what is true.
    pub(super) fn forget(&self) {
        self.counts().clear();
        self.uses().ends += 1;
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<TenantId, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Uses {
    /// When a session was used last; `None` while it is being ended.
    fn of(&self, lookup: &Lookup, stored: &StoredSession) -> Option<Timestamp> {
        if self.ending.contains(lookup) {
            return None;
        }
        let lately = self.lately.get(lookup).copied();
        Some(lately.map_or(stored.used_at, |at| at.max(stored.used_at)))
    }
}

/// The last moment of a session.
fn end(used_at: Timestamp, tenant: &TenantRecord) -> Timestamp {
    used_at.plus_seconds(tenant.identity.sessions.idle_seconds)
}

impl Catalogue {
    /// The session of this id if it lives; `is_use` begins its time anew.
    pub(super) fn living_session(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
        is_use: bool,
    ) -> Result<Option<SessionHandle>, Error> {
        let lookup = self.lookups.session(tenant.id, id);
        loop {
            let ends = self.sessions.ends();
            let stored = match self.caches.sessions.get(&lookup) {
                Some(stored) => stored,
                None => {
                    let desk = self.desk()?;
                    match desk.rows.reader().get(SESSIONS, &lookup)? {
                        Some(row) => self.remember_session(&desk, &row)?,
                        None => return Ok(None),
                    }
                }
            };
            if let Ok(judged) = self.judge_session(tenant, &lookup, &stored, ends, is_use) {
                return Ok(judged);
            }
        }
    }

    /// The session of this id by what is in memory.
    pub(super) fn session_at_hand(
        &self,
        tenant: &TenantRecord,
        id: &SessionId,
        is_use: bool,
    ) -> Result<Option<SessionHandle>, Unavailable> {
        let lookup = self.lookups.session(tenant.id, id);
        let ends = self.sessions.ends();
        let stored = self.caches.sessions.get(&lookup).ok_or(Unavailable)?;
        let judged = self.judge_session(tenant, &lookup, &stored, ends, is_use);
        judged.map_err(|Stale| Unavailable)
    }

    /// Whether a session that was read when so many had ended lives.
    fn judge_session(
        &self,
        tenant: &TenantRecord,
        lookup: &Lookup,
        stored: &StoredSession,
        ends: u64,
        is_use: bool,
    ) -> Result<Option<SessionHandle>, Stale> {
        let mut uses = self.sessions.uses();
        if uses.ends != ends {
            return Err(Stale);
        }
        let now = self.now();
        let used_at = uses.of(lookup, stored);
        let Some(used_at) = used_at.filter(|used_at| now < end(*used_at, tenant)) else {
            return Ok(None);
        };
        if is_use && now > used_at {
            uses.lately.insert(*lookup, now);
        }
        Ok(Some(stored.handle))
    }

    /// Begins a session, durably.
    pub(super) fn begin_session(
        &self,
        tenant: &TenantRecord,
        new: NewSession,
    ) -> Result<Begun, Error> {
        let (now, policy) = (self.now(), &tenant.identity.sessions);
        let admitted = self
            .newcomers
            .admit(tenant.id, new.client, policy.new_per_minute, now);
        if let Err(retry_after_seconds) = admitted {
            return Ok(Begun::Full {
                retry_after_seconds,
            });
        }
        let parent = self.lookups.of_sessions(tenant.id);
        let stream = self.lookups.key(new.by);
        #[cfg(feature = "sabotage")]
        let stream = if sabotage::is(Bug::SessionsOfOneStream) {
            parent
        } else {
            stream
        };
        let id = new
            .drawn
            .unwrap_or_else(|| SessionId::from_bytes(self.drawn(&stream)));
        let handle = SessionHandle::from_bytes(self.drawn(&stream));
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::UnknownSessionIsTheLast)
            && let Some(last) = self.last_session(tenant.id)?
        {
            return Ok(Begun::Session(id, last));
        }
        let body = SessionBody {
            format: FORMAT,
            tenant: tenant.id,
            handle,
        };
        let lookup = self.lookups.session(tenant.id, &id);
        let mut row = new_row(SESSIONS, lookup, parent, now, encode(&body)?);
        row.alias = Some(self.lookups.session_handle(tenant.id, handle));
        let mut desk = self.desk()?;
        // A client may show the same id twice at once, or that of a session that is over.
        let before = desk.rows.reader().get(SESSIONS, &lookup)?;
        if let Some(before) = &before {
            let stored = stored_session(before)?;
            let ends = self.sessions.ends();
            let lives = self.judge_session(tenant, &lookup, &stored, ends, true);
            if let Ok(Some(handle)) = lives {
                return Ok(Begun::Session(id, handle));
            }
        }
        if self.sessions_of(&desk, tenant.id)? >= policy.live_max {
            return Ok(Begun::Full {
                retry_after_seconds: SESSION_SWEEP_SECONDS,
            });
        }
        // What was kept before goes with the next sweep, and no id leads there until then.
        let aside = before
            .as_ref()
            .map(|before| self.aside(before))
            .transpose()?;
        self.transact(&mut desk, |writer| {
            if let Some(aside) = &aside {
                writer.delete(SESSIONS, &lookup)?;
                writer.insert(aside)?;
            }
            writer.insert(&row)
        })?;
        self.sessions_ended(&desk, before.as_slice(), true);
        // One that was put aside still has its row, and ends once more with the sweep.
        let rows = 1 + u64::from(aside.is_some());
        *self.sessions.counts().entry(tenant.id).or_default() += rows;
        self.remember_session(&desk, &row)?;
        Ok(Begun::Session(id, handle))
    }

    #[cfg(feature = "sabotage")]
    fn last_session(&self, tenant: TenantId) -> Result<Option<SessionHandle>, Error> {
        let parent = self.lookups.of_sessions(tenant);
        let rows = self.desk()?.rows.reader().latest(SESSIONS, &parent, 1)?;
        let stored = rows.first().map(stored_session).transpose()?;
        Ok(stored.map(|stored| stored.handle))
    }

    /// The row of a session that is over, where no id leads to it.
    fn aside(&self, row: &Row) -> Result<Row, Error> {
        let stored = stored_session(row)?;
        Ok(Row {
            lookup: self.lookups.session_aside(stored.tenant, stored.handle),
            version: 1,
            body: row.body.clone(),
            ..*row
        })
    }

    /// How many sessions of a tenant have a row.
    fn sessions_of(&self, desk: &Desk, tenant: TenantId) -> Result<u64, Error> {
        if let Some(count) = self.sessions.counts().get(&tenant) {
            return Ok(*count);
        }
        let parent = self.lookups.of_sessions(tenant);
        let count = desk.rows.reader().count(SESSIONS, &parent)?;
        self.sessions.counts().insert(tenant, count);
        Ok(count)
    }

    /// `_` shows that the caller holds the desk.
    pub(super) fn remember_session(
        &self,
        _: &Desk,
        row: &Row,
    ) -> Result<Arc<StoredSession>, Error> {
        let stored = Arc::new(stored_session(row)?);
        self.caches.sessions.put(row.lookup, Arc::clone(&stored));
        Ok(stored)
    }
}

pub(super) fn stored_session(row: &Row) -> Result<StoredSession, Error> {
    let body: SessionBody = decode(&row.body)?;
    Ok(StoredSession {
        handle: body.handle,
        tenant: body.tenant,
        used_at: row.updated_at,
    })
}
