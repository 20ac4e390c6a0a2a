//! Isolation sessions and sandboxes: begun, used, and over once nobody used them for so long.
//!
//! INVARIANT: a use and an end of the same session never both succeed. Who ends it says so in
//! [`Uses`] first, in the same hold in which it found that nobody used the session lately; who uses it
//! looks there, and whether any session has ended since it read the row. A use is kept in memory and reaches the row a little later: reads never write.

mod ends;
mod sandboxes;
mod visitors;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anchorhold_crypto::Lookup;
use anchorhold_identity::{IdentitySettings, TenantRecord, Unavailable};
use anchorhold_model::limits::SESSION_SWEEP_SECONDS;
use anchorhold_model::{Place, SandboxHandle, SessionHandle, TenantId, Timestamp};

use super::bodies::{FORMAT, MALFORMED, SandboxBody, SessionBody, decode, encode};
use super::lookups::SESSIONS;
use super::{Catalogue, Desk, new_row};
use crate::Error;
use crate::sealed_rows::Row;
pub use sandboxes::SandboxRecord;
pub use visitors::SessionRecord;

/// Sessions that one sweep ends at a time.
const SWEPT_MAX: usize = 1_024;
/// Uses that are written down in one hold of the desk.
const KEPT_MAX: usize = 256;

/// Which list: sessions and sandboxes live alike, and are counted, listed and swept each by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Sessions of visitors.
    Session,
    /// Sandboxes of people whom the tenant does not know.
    Sandbox,
}

/// One of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    /// A session.
    Session(SessionHandle),
    /// A sandbox.
    Sandbox(SandboxHandle),
}

impl Stay {
    const fn kind(self) -> Kind {
        match self {
            Self::Session(_) => Kind::Session,
            Self::Sandbox(_) => Kind::Sandbox,
        }
    }

    const fn place(self) -> Place {
        match self {
            Self::Session(session) => Place::Session(session),
            Self::Sandbox(sandbox) => Place::Quarantine(sandbox),
        }
    }
}

/// A session or a sandbox as its row says.
pub(super) struct StoredSession {
    stay: Stay,
    /// What is kept in it is being moved: nobody uses it any more.
    pub(super) is_decided: bool,
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
    /// What each list holds, counted at the first beginning.
    counts: Mutex<BTreeMap<Lookup, u64>>,
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

    fn counts(&self) -> MutexGuard<'_, BTreeMap<Lookup, u64>> {
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

/// The last moment of a session or a sandbox.
fn end(used_at: Timestamp, kind: Kind, settings: &IdentitySettings) -> Timestamp {
    used_at.plus_seconds(idle_seconds(kind, settings))
}

const fn idle_seconds(kind: Kind, settings: &IdentitySettings) -> u64 {
    match kind {
        Kind::Session => settings.sessions.idle_seconds,
        Kind::Sandbox => settings.quarantine.idle_seconds,
    }
}

/// What is to begin.
struct Beginning<'a> {
    /// Under which a client finds it again.
    lookup: Lookup,
    stay: Stay,
    sandbox: Option<SandboxBody>,
    /// The user who is named.
    owner: Option<Lookup>,
    client: Option<IpAddr>,
    tenant: &'a TenantRecord,
}

/// What came of it.
enum Began {
    /// It lives; perhaps somebody else began it a moment before.
    Stay(Stay),
    /// There are as many as there may be, for so many seconds.
    Full(u64),
}

impl Catalogue {
    /// What lives under a lookup; `is_use` begins its time anew.
    fn staying(
        &self,
        tenant: &TenantRecord,
        lookup: &Lookup,
        is_use: bool,
    ) -> Result<Option<Stay>, Error> {
        loop {
            let ends = self.sessions.ends();
            let stored = match self.caches.sessions.get(lookup) {
                Some(stored) => stored,
                None => {
                    let desk = self.desk()?;
                    match desk.rows.reader().get(SESSIONS, lookup)? {
                        Some(row) => self.remember_session(&desk, &row)?,
                        None => return Ok(None),
                    }
                }
            };
            if let Ok(judged) = self.judge_session(tenant, lookup, &stored, ends, is_use) {
                return Ok(judged);
            }
        }
    }

    /// What lives under a lookup by what is in memory.
    fn staying_at_hand(
        &self,
        tenant: &TenantRecord,
        lookup: &Lookup,
        is_use: bool,
    ) -> Result<Option<Stay>, Unavailable> {
        let ends = self.sessions.ends();
        let stored = self.caches.sessions.get(lookup).ok_or(Unavailable)?;
        let judged = self.judge_session(tenant, lookup, &stored, ends, is_use);
        judged.map_err(|Stale| Unavailable)
    }

    /// Whether what was read when so many had ended lives.
    fn judge_session(
        &self,
        tenant: &TenantRecord,
        lookup: &Lookup,
        stored: &StoredSession,
        ends: u64,
        is_use: bool,
    ) -> Result<Option<Stay>, Stale> {
        let mut uses = self.sessions.uses();
        if uses.ends != ends {
            return Err(Stale);
        }
        if stored.is_decided {
            return Ok(None);
        }
        let now = self.now();
        let used_at = uses.of(lookup, stored);
        let end = |used_at| end(used_at, stored.stay.kind(), &tenant.identity);
        let Some(used_at) = used_at.filter(|used_at| now < end(*used_at)) else {
            return Ok(None);
        };
        if is_use && now > used_at {
            uses.lately.insert(*lookup, now);
        }
        Ok(Some(stored.stay))
    }

    /// Begins a session or a sandbox, durably.
    fn begin(&self, new: Beginning<'_>) -> Result<Began, Error> {
        let (now, tenant, kind) = (self.now(), new.tenant, new.stay.kind());
        let settings = &tenant.identity;
        let (newcomers, per_minute, live_max) = match kind {
            Kind::Session => (
                &self.newcomers,
                settings.sessions.new_per_minute,
                settings.sessions.live_max,
            ),
            Kind::Sandbox => (
                &self.claimants,
                settings.quarantine.new_per_minute,
                settings.quarantine.live_max,
            ),
        };
        if let Err(seconds) = newcomers.admit(tenant.id, new.client, per_minute, now) {
            return Ok(Began::Full(seconds));
        }
        let body = SessionBody {
            format: FORMAT,
            tenant: tenant.id,
            handle: match new.stay {
                Stay::Session(session) => Some(session),
                Stay::Sandbox(_) => None,
            },
            sandbox: new.sandbox,
        };
        let (lookup, parent) = (new.lookup, self.list_of(tenant.id, kind));
        let mut row = new_row(SESSIONS, lookup, parent, now, encode(&body)?);
        row.alias = Some(self.lookup_of(tenant.id, new.stay));
        // Who erases a user erases what was kept under their name, too.
        row.owner = new.owner;
        let mut desk = self.desk()?;
        // A client may show the same id twice at once, or that of a session that is over.
        let before = desk.rows.reader().get(SESSIONS, &lookup)?;
        if let Some(before) = &before {
            let stored = stored_session(before)?;
            let ends = self.sessions.ends();
            let lives = self.judge_session(tenant, &lookup, &stored, ends, true);
            if let Ok(Some(stay)) = lives {
                return Ok(Began::Stay(stay));
            }
        }
        if self.count_of(&desk, parent)? >= live_max {
            return Ok(Began::Full(SESSION_SWEEP_SECONDS));
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
        *self.sessions.counts().entry(parent).or_default() += rows;
        self.remember_session(&desk, &row)?;
        Ok(Began::Stay(new.stay))
    }

    /// The row of what is over, where no id leads to it.
    fn aside(&self, row: &Row) -> Result<Row, Error> {
        let stored = stored_session(row)?;
        let bytes = match stored.stay {
            Stay::Session(session) => *session.as_bytes(),
            Stay::Sandbox(sandbox) => *sandbox.as_bytes(),
        };
        Ok(Row {
            lookup: self.lookups.session_aside(stored.tenant, &bytes),
            version: 1,
            body: row.body.clone(),
            ..*row
        })
    }

    /// What a list of a tenant stands under.
    fn list_of(&self, tenant: TenantId, kind: Kind) -> Lookup {
        match kind {
            Kind::Session => self.lookups.of_sessions(tenant),
            Kind::Sandbox => self.lookups.of_sandboxes(tenant),
        }
    }

    /// What one of a list is named by.
    pub(super) fn lookup_of(&self, tenant: TenantId, stay: Stay) -> Lookup {
        match stay {
            Stay::Session(session) => self.lookups.session_handle(tenant, session),
            Stay::Sandbox(sandbox) => self.lookups.sandbox_handle(tenant, sandbox),
        }
    }

    /// How many rows a list has.
    fn count_of(&self, desk: &Desk, parent: Lookup) -> Result<u64, Error> {
        if let Some(count) = self.sessions.counts().get(&parent) {
            return Ok(*count);
        }
        let count = desk.rows.reader().count(SESSIONS, &parent)?;
        self.sessions.counts().insert(parent, count);
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
    let decided = body.sandbox.as_ref();
    let is_decided = decided.is_some_and(|sandbox| sandbox.approved_for.is_some());
    let stay = match (body.handle, body.sandbox) {
        (Some(session), None) => Stay::Session(session),
        (None, Some(sandbox)) => Stay::Sandbox(sandbox.handle),
        _ => return Err(MALFORMED),
    };
    Ok(StoredSession {
        stay,
        is_decided,
        tenant: body.tenant,
        used_at: row.updated_at,
    })
}
