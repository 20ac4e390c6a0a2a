//! What no request asked for: checkpoints, sweeping what has expired, letting go of namespaces that
//! nobody uses, and the credentials of a listener and of an application.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anchorhold_identity::{CredentialRecord, Erase, Hook, SystemAuthority};
use anchorhold_model::{Facets, RecordId, TenantId, TenantName, TenantPolicy, limits};

use crate::forget::Why;
use crate::{Engine, Error};

/// The chores of one engine, under the authority of the process.
pub struct Chores {
    engine: Arc<Engine>,
    authority: SystemAuthority,
    /// The oldest first; as many as fit into the time after which a namespace is idle.
    marks: Mutex<VecDeque<Mark>>,
    /// When sessions were swept last.
    swept: Mutex<Option<Duration>>,
}

/// How often namespaces had been used at a time.
#[derive(Clone, Copy)]
struct Mark {
    at: Duration,
    residents: u64,
    files: u64,
}

/// What one round of chores did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Write-ahead logs checkpointed.
    pub checkpoints: usize,
    /// Expired memories deleted.
    pub expired: usize,
    /// Namespaces taken out of memory because nobody uses them.
    pub evicted: usize,
    /// Their files, and others that nobody uses, closed.
    pub closed: usize,
    /// Sessions that were over and are destroyed.
    pub sessions: usize,
}

impl Engine {
    /// The chores of this engine.
    pub fn chores(self: &Arc<Self>, authority: SystemAuthority) -> Chores {
        Chores {
            engine: Arc::clone(self),
            authority,
            marks: Mutex::default(),
            swept: Mutex::default(),
        }
    }
}

impl Chores {
    /// One round; call it about every second. An error leaves the rest for the next round.
    pub fn tick(&self) -> Result<Done, Error> {
        // Whatever else fails, what is over goes.
        let sessions = self.sweep_sessions();
        let settled = self.engine.store.audit().settle();
        let checkpoints = self.engine.store.vault().checkpoint_due()?;
        let (evicted, closed) = self.let_go();
        let expired = self.sweep()?;
        settled?;
        Ok(Done {
            checkpoints,
            expired,
            evicted,
            closed,
            sessions: sessions?,
        })
    }

    /// Finishes moves of memories that were cut, before requests come in: until then memories may be in
    /// two places. Says how many there were.
    pub fn finish_moves(&self) -> Result<usize, Error> {
        self.engine.finish_all_moves(&self.authority)
    }

    /// As [`Engine::listener_key`], for the server that starts.
    pub fn listener_key(
        &self,
        tenant: TenantId,
        anew: bool,
    ) -> Result<Option<Arc<CredentialRecord>>, Error> {
        let opening = self.authority.listener_opening(tenant);
        self.engine.listener_key(&opening, anew)
    }

    /// The right of the application that this process is a part of, to a tenant of this name: one that is
    /// there stays as it is, else it is made with this policy. `None` once somebody has revoked the
    /// credential of the application, unless it is to be made `anew`.
    pub fn hook(
        &self,
        name: TenantName,
        policy: TenantPolicy,
        anew: bool,
    ) -> Result<Option<Hook>, Error> {
        let directory = self.engine.directory();
        let found = directory.tenant_named(&name);
        let tenant = match found.map_err(|_| Error::Overloaded)? {
            Some(tenant) => tenant,
            None => {
                let operator = self.authority.operator();
                self.engine.tenant_create(&operator, name, policy)?
            }
        };
        let hook = self.authority.hook(tenant.id);
        let key = self.engine.hook_key(&hook, anew)?;
        Ok(key.map(|_| hook))
    }

    /// Destroys sessions that are over, every so often, and finishes moves that were cut. Sessions lead
    /// nowhere before that.
    fn sweep_sessions(&self) -> Result<usize, Error> {
        let every = Duration::from_secs(self.engine.settings.session_sweep_seconds);
        let now = self.engine.clock.monotonic();
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if swept.is_some_and(|swept| now.saturating_sub(swept) < every) {
            return Ok(0);
        }
        *swept = Some(now);
        drop(swept);
        // One that failed for lack of something is tried again.
        if let Err(error) = self.finish_moves() {
            tracing::warn!(%error, "moves of memories were not finished");
        }
        self.engine.session_sweep_all(&self.authority)
    }

    /// Lets go of what was not used for so long: no memory, no open file. Nothing is written.
    fn let_go(&self) -> (usize, usize) {
        let (engine, vault) = (&self.engine, self.engine.store.vault());
        let idle = Duration::from_secs(engine.settings.idle_seconds);
        let now = engine.clock.monotonic();
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        marks.push_back(Mark {
            at: now,
            residents: engine.residents.uses(),
            files: vault.uses(),
        });
        let mut due = None;
        while marks
            .front()
            .is_some_and(|mark| now.saturating_sub(mark.at) >= idle)
        {
            due = marks.pop_front();
        }
        drop(marks);
        due.map_or((0, 0), |mark| {
            let evicted = engine.residents.evict_unused(mark.residents);
            (evicted, vault.close_unused(mark.files))
        })
    }

    /// Deletes what has expired in the namespaces that are in memory; the others are swept when
    /// they are next read, and nobody sees an expired memory before.
    fn sweep(&self) -> Result<usize, Error> {
        let now = self.engine.clock.now();
        let mut swept = 0;
        for (namespace, resident) in self.engine.residents.all() {
            let over = resident.over(now)?.into_iter();
            let mut expired: Vec<RecordId> = over.map(|(id, _)| id).collect();
            if expired.is_empty() {
                continue;
            }
            expired.truncate(limits::COMMIT_RECORDS_MAX);
            let scope = self
                .authority
                .scope::<Erase>(namespace, resident.address().clone());
            let is_expired = |facets: &Facets| facets.is_expired(now);
            match self
                .engine
                .purge("expire", &scope, expired, Why::Over, &is_expired)
            {
                Ok(gone) => swept += gone.len(),
                // One namespace that cannot be swept does not keep the others from it.
                Err(error) => tracing::warn!(%error, "a namespace was not swept"),
            }
        }
        Ok(swept)
    }
}
