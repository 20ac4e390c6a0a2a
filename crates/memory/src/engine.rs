//! The engine: a store, embedders and the namespaces that are in memory.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anchorhold_identity::{Directory, Journal, JwksCache, Read, Scope, Write};
use anchorhold_index::Language;
use anchorhold_model::{Clock, Fetch, TenantId, limits};
use anchorhold_store::{AtHand, Store};

use crate::Error;
use crate::embedders::Embedders;
use crate::resident::{Resident, Residents};
use crate::spaces::Spaces;

/// How much the engine keeps in memory, and how it reads texts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Namespaces in memory at once.
    pub residents_max: usize,
    /// Bytes of all namespaces in memory.
    pub resident_bytes_max: usize,
    /// Seconds without use after which a namespace leaves memory and its file is closed.
    pub idle_seconds: u64,
    /// Seconds between two sweeps of sessions that are over.
    pub session_sweep_seconds: u64,
    /// How long a write waits for another one that is busy with the same ids.
    pub busy_wait: Duration,
    /// The language of stemmer and stopwords.
    pub language: Language,
    /// Whether a tenant may be in mode `legacy`, where whoever reaches the server names any user.
    pub allows_legacy: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            residents_max: limits::RESIDENTS_DEFAULT,
            resident_bytes_max: limits::RESIDENT_BYTES_DEFAULT,
            idle_seconds: limits::NAMESPACE_IDLE_SECONDS,
            session_sweep_seconds: limits::SESSION_SWEEP_SECONDS,
            busy_wait: limits::BUSY_WAIT,
            language: Language::default(),
            allows_legacy: true,
        }
    }
}

/// Memories of many people, each in a sealed namespace. Share it as `Arc<Engine>`.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) embedders: Embedders,
    pub(crate) spaces: Spaces,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    pub(crate) residents: Residents,
    /// What issuers of signed tokens publish; nothing is fetched without it.
    pub(crate) jwks: Option<Arc<JwksCache>>,
    /// Whether the last intent could not be written.
    pub(crate) audit_blocked: AtomicBool,
    /// Whether a move may have been cut; of what an earlier process did nothing is known.
    pub(crate) has_cut_moves: AtomicBool,
    /// Tenants whose memories are being moved.
    pub(crate) moving: Mutex<BTreeSet<TenantId>>,
}

impl Engine {
    /// An engine over an open store. A single embedder is taken for the one inside the binary.
    pub fn new(
        store: Store,
        embedders: impl Into<Embedders>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Self {
        let residents = Residents::new(settings.residents_max, settings.resident_bytes_max);
        Self {
            store,
            embedders: embedders.into(),
            spaces: Spaces::default(),
            clock,
            settings,
            residents,
            jwks: None,
            audit_blocked: AtomicBool::new(false),
            has_cut_moves: AtomicBool::new(true),
            moving: Mutex::default(),
        }
    }

    /// The same engine with a way to the keys that issuers of signed tokens publish. Without one their
    /// tokens cannot be checked.
    #[must_use]
    pub fn with_fetch(self, fetch: Arc<dyn Fetch>) -> Self {
        let jwks = Arc::new(JwksCache::new(fetch, Arc::clone(&self.clock)));
        self.store.catalogue().set_jwks(Arc::clone(&jwks));
        Self {
            jwks: Some(jwks),
            ..self
        }
    }

    /// Whether what a scope stands on still stands: its incarnation lives or is still to come, and
    /// its credential was not revoked. For what takes long; every verb asks by itself.
    pub fn check(&self, scope: &Scope<Write>) -> Result<(), Error> {
        Ok(self.store.vault().check(&scope.narrow())?)
    }

    /// What `gate` asks about tenants, credentials and namespaces.
    pub fn directory(&self) -> Arc<dyn Directory> {
        Arc::clone(self.store.catalogue()) as Arc<dyn Directory>
    }

    /// The part of it that is in memory, for who may not wait.
    pub fn directory_at_hand(&self) -> Arc<dyn Directory> {
        Arc::new(AtHand::new(Arc::clone(self.store.catalogue())))
    }

    /// Where `gate` writes refusals down.
    pub fn journal(&self) -> Arc<dyn Journal> {
        Arc::clone(self.store.audit()) as Arc<dyn Journal>
    }

    /// What does not work as it should, for `/healthz`.
    pub fn is_degraded(&self) -> Vec<&'static str> {
        let mut degraded = Vec::new();
        if self.audit_blocked.load(Ordering::Relaxed) {
            degraded.push("audit");
        }
        degraded
    }

    /// Moves what the logs of namespaces hold into their files, and begins none after this long: in a
    /// directory that is copied while no server runs, damage of a namespace then shows wherever it is.
    pub fn empty_logs(&self, time_max: Duration) {
        // First, since a namespace that is in use is waited for, and nobody may wait for the rest.
        self.flush_audit();
        let until = self.clock.monotonic() + time_max;
        let is_time = || self.clock.monotonic() < until;
        self.store.vault().checkpoint_all(is_time);
    }

    /// Finishes what runs and leaves everything on disk. Verbs after it are refused. Whoever cannot
    /// wait for what runs may leave: what was acknowledged is durable, and the audit log of it too.
    pub fn close(&self) {
        self.flush_audit();
        if let Err(error) = self.store.catalogue().keep_session_uses() {
            tracing::warn!(%error, "the last uses of sessions were not written down");
        }
        self.store.vault().close();
        if let Err(error) = self.store.audit().close() {
            tracing::warn!(%error, "the last outcomes were not written to the audit log");
        }
    }

    fn flush_audit(&self) {
        if let Err(error) = self.store.audit().flush() {
            tracing::warn!(%error, "outcomes were not written to the audit log");
        }
    }

    /// The namespace of a scope, in memory; loaded by one request for all that wait.
    pub(crate) fn resident(&self, scope: &Scope<Read>) -> Result<Arc<Resident>, Error> {
        self.residents
            .get(scope.namespace(), || Resident::load(self, scope))
    }
}
