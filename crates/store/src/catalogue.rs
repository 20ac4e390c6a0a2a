//! Tenants, namespaces, credentials, grants and users: one sealed SQLite file, and caches over it.
//!
//! This process is the only writer. Whatever reads or changes a row holds the one [`Desk`], and
//! puts what it learned into the caches before it lets go; a request whose nouns are all cached
//! never waits for the desk. To add a noun: a table and its MACs in `lookups.rs`, what a row says
//! in `bodies.rs`, and a file for its verbs.

mod at_hand;
mod bodies;
mod cache;
mod cursors;
mod directory;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod identity;
mod invites;
mod jwt;
mod keys;
mod lookups;
mod materialise;
mod moves;
mod namespaces;
mod origins;
mod registry;
mod removal;
mod reservations;
mod sessions;
mod survey;
mod tenants;
mod users;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use anchorhold_crypto::{Label, Lookup, LookupKey, MacKey, TokenHashKey};
use anchorhold_identity::{JwksCache, Newcomers};
use anchorhold_model::{NamespaceId, Timestamp};
use zeroize::Zeroizing;

use crate::Error;
use crate::registry::{Cradle, Foundation};
use crate::sealed_rows::{Row, SealedRows, Table, Writer};
use crate::turn::Turns;
pub use at_hand::AtHand;
use cache::Cache;
pub use invites::Joined;
pub use keys::NewKey;
use keys::StoredCredential;
use lookups::Lookups;
use materialise::Materialisation;
pub use moves::{Relocated, Relocation};
pub use namespaces::NamespaceRecord;
use namespaces::StoredNamespace;
pub(crate) use removal::RemovedUser;
use reservations::{PendingUsers, Reservations};
pub(crate) use sessions::Stay;
pub use sessions::{SandboxRecord, SessionRecord};
use sessions::{Sessions, StoredSession};
use tenants::StoredTenant;
use users::StoredUser;
pub use users::{UserPage, UserRecord};

/// Credentials in memory.
const CREDENTIALS_CACHED_MAX: usize = 16_384;
/// Tenants in memory.
const TENANTS_CACHED_MAX: usize = 4_096;
/// Namespaces in memory: where they are, and that they live.
const NAMESPACES_CACHED_MAX: usize = 65_536;
/// Users in memory, those that are known not to exist among them.
const USERS_CACHED_MAX: usize = 65_536;

/// Origins in memory, listed or not.
const ORIGINS_CACHED_MAX: usize = 4_096;
/// Sessions in memory.
const SESSIONS_CACHED_MAX: usize = 65_536;

/// What only its holder reads and changes.
struct Desk {
    rows: SealedRows,
    reservations: Reservations,
    pending_users: PendingUsers,
}

/// What was read, for everybody.
struct Caches {
    /// By hash of the token.
    credentials: Cache<[u8; 32], Arc<StoredCredential>>,
    /// The same by id of the key.
    keys: Cache<[u8; 16], Arc<StoredCredential>>,
    tenants: Cache<[u8; 16], Arc<StoredTenant>>,
    /// By MAC of the address; `None` where nothing lives.
    incarnations: Cache<Lookup, Option<NamespaceId>>,
    namespaces: Cache<[u8; 16], Arc<StoredNamespace>>,
    /// By MAC of the user; `None` where there is no row.
    users: Cache<Lookup, Option<StoredUser>>,
    /// By MAC of the origin: whether any publishable key lists it.
    origins: Cache<Lookup, bool>,
    /// By MAC of the id.
    sessions: Cache<Lookup, Arc<StoredSession>>,
}

/// The nouns of an installation. Shared by all threads.
pub struct Catalogue {
    foundation: Arc<Foundation>,
    lookups: Lookups,
    tokens: TokenHashKey,
    /// Pseudonyms of credentials that speak for themselves.
    credential_pseudonyms: MacKey,
    /// Positions in lists, which callers carry back.
    cursors: MacKey,
    mcp_sessions: MacKey,
    desk: Mutex<Desk>,
    /// Incarnations that wait for whose turn it is next.
    waiting: Mutex<Vec<Arc<Materialisation>>>,
    turns: Turns,
    caches: Caches,
    sessions: Sessions,
    newcomers: Newcomers,
    /// Who began sandboxes lately.
    claimants: Newcomers,
    /// Incarnations whose records are being moved; a request that began before writes nothing there.
    frozen: Mutex<BTreeSet<NamespaceId>>,
    /// Who registered users lately.
    registrants: Newcomers,
    cradle: OnceLock<Arc<dyn Cradle>>,
    jwks: OnceLock<Arc<JwksCache>>,
}

impl Caches {
    /// Forgets everything; for the holder of the desk.
    fn forget(&self) {
        self.credentials.clear();
        self.keys.clear();
        self.tenants.clear();
        self.incarnations.clear();
        self.namespaces.clear();
        self.users.clear();
        self.sessions.clear();
        self.origins.clear();
    }
}

impl Catalogue {
    /// Makes the file of a new installation.
    pub(crate) fn create(path: &Path, foundation: Arc<Foundation>) -> Result<Self, Error> {
        let random = Arc::clone(&foundation.random);
        let rows = SealedRows::create(path, &foundation.install, random)?;
        Ok(Self::over(rows, foundation))
    }

    /// Opens the file. `Error::Tampered` when a row was added, changed, removed or put back.
    pub(crate) fn open(path: &Path, foundation: Arc<Foundation>) -> Result<Self, Error> {
        let random = Arc::clone(&foundation.random);
        let rows = SealedRows::open(path, &foundation.install, random)?;
        Ok(Self::over(rows, foundation))
    }

    /// Opens the file to look at it, damaged or not; nothing can be written.
    pub(crate) fn look(path: &Path, foundation: Arc<Foundation>) -> Result<Self, Error> {
        let random = Arc::clone(&foundation.random);
        let rows = SealedRows::look(path, &foundation.install, random)?;
        Ok(Self::over(rows, foundation))
    }

    fn over(rows: SealedRows, foundation: Arc<Foundation>) -> Self {
        let install = &foundation.install;
        Self {
            lookups: Lookups::new(LookupKey::new(&install.derive(Label::Lookup))),
            tokens: TokenHashKey::new(install.derive(Label::Token)),
            credential_pseudonyms: MacKey::new(install.derive(Label::Pseudonym)),
            cursors: MacKey::new(install.derive(Label::Cursor)),
            mcp_sessions: MacKey::new(install.derive(Label::McpSession)),
            desk: Mutex::new(Desk {
                rows,
                reservations: Reservations::default(),
                pending_users: PendingUsers::default(),
            }),
            waiting: Mutex::new(Vec::new()),
            turns: Turns::default(),
            caches: Caches {
                credentials: Cache::new(CREDENTIALS_CACHED_MAX),
                keys: Cache::new(CREDENTIALS_CACHED_MAX),
                tenants: Cache::new(TENANTS_CACHED_MAX),
                incarnations: Cache::new(NAMESPACES_CACHED_MAX),
                namespaces: Cache::new(NAMESPACES_CACHED_MAX),
                users: Cache::new(USERS_CACHED_MAX),
                origins: Cache::new(ORIGINS_CACHED_MAX),
                sessions: Cache::new(SESSIONS_CACHED_MAX),
            },
            sessions: Sessions::default(),
            newcomers: Newcomers::default(),
            claimants: Newcomers::default(),
            frozen: Mutex::default(),
            registrants: Newcomers::default(),
            cradle: OnceLock::new(),
            jwks: OnceLock::new(),
            foundation,
        }
    }

    /// Says who makes keys and files of named namespaces; the first call counts.
    pub(crate) fn set_cradle(&self, cradle: Arc<dyn Cradle>) {
        let _ = self.cradle.set(cradle);
    }

    /// Says where the keys are that issuers publish; the first call counts, and without one there are
    /// none.
    pub fn set_jwks(&self, jwks: Arc<JwksCache>) {
        let _ = self.jwks.set(jwks);
    }

    fn desk(&self) -> Result<MutexGuard<'_, Desk>, Error> {
        let mut desk = self.desk.lock().map_err(|_| Error::Poisoned)?;
        self.mend(&mut desk);
        Ok(desk)
    }

    /// Changes rows. When the outcome is not known, what is true is read at once.
    fn transact<T>(
        &self,
        desk: &mut Desk,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let done = desk.rows.transact(work);
        self.mend(desk);
        done
    }

    /// Opens the file anew if a commit failed. Until that succeeds, reads go on and writes are
    /// refused; whoever comes to the desk next tries again.
    fn mend(&self, desk: &mut Desk) {
        if !desk.rows.is_poisoned() {
            return;
        }
        match desk.rows.mend() {
            // The commit whose outcome nobody knew may have happened.
            Ok(()) => {
                self.caches.forget();
                self.sessions.forget();
            }
            Err(error) => tracing::warn!(%error, "the catalogue is not mended yet"),
        }
    }

    fn frozen(&self) -> MutexGuard<'_, BTreeSet<NamespaceId>> {
        self.frozen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.foundation.clock.now()
    }
}

/// A row that was not there before, listed under `parent` alone.
fn new_row(
    table: Table,
    lookup: Lookup,
    parent: Lookup,
    now: Timestamp,
    body: Zeroizing<Vec<u8>>,
) -> Row {
    Row {
        table,
        lookup,
        alias: None,
        parent,
        owner: None,
        version: 1,
        created_at: now,
        updated_at: now,
        body,
    }
}

/// The next version of a row.
fn next_row(row: Row, now: Timestamp, body: Zeroizing<Vec<u8>>) -> Row {
    Row {
        version: row.version.saturating_add(1),
        updated_at: now,
        body,
        ..row
    }
}

#[cfg(test)]
pub(crate) mod tests;
