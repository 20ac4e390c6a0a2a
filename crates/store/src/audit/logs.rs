//! All chains of an installation: found by tenant, with a bounded number of open files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use anchorhold_model::{Random, TenantId, hex};

use super::keys::ChainKeys;
use super::log::Log;
use crate::Error;

/// Files that are open at once.
const OPEN_FILES_MAX: u64 = 64;

/// Counts over all chains.
#[derive(Default)]
pub(super) struct Counters {
    pub(super) syncs: AtomicU64,
    pub(super) torn_tails: AtomicU64,
    pub(super) open: AtomicU64,
    /// Whether a refusal was put off since all of them were written.
    pub(super) has_put_off: AtomicBool,
}

/// The chains that were used since the start.
pub(super) struct Logs {
    directory: PathBuf,
    random: Arc<dyn Random>,
    counters: Arc<Counters>,
    uses: AtomicU64,
    closed: AtomicBool,
    by_tenant: RwLock<BTreeMap<TenantId, Arc<Log>>>,
}

impl Logs {
    pub(super) fn new(directory: PathBuf, random: Arc<dyn Random>) -> Self {
        Self {
            directory,
            random,
            counters: Arc::default(),
            uses: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            by_tenant: RwLock::new(BTreeMap::new()),
        }
    }

    /// The chain of a tenant.
    pub(super) fn get(
        &self,
        tenant: TenantId,
        keys: impl FnOnce() -> Result<ChainKeys, Error>,
    ) -> Result<Arc<Log>, Error> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::AuditUnavailable);
        }
        let known = {
            let logs = self.by_tenant.read().map_err(|_| Error::AuditUnavailable)?;
            logs.get(&tenant).cloned()
        };
        let log = match known {
            Some(log) => log,
            None => {
                let path = self
                    .directory
                    .join(format!("{}.log", hex(tenant.as_bytes())));
                let new = Log::new(
                    tenant,
                    path,
                    keys()?,
                    Arc::clone(&self.random),
                    Arc::clone(&self.counters),
                );
                let mut logs = self
                    .by_tenant
                    .write()
                    .map_err(|_| Error::AuditUnavailable)?;
                Arc::clone(logs.entry(tenant).or_insert_with(|| Arc::new(new)))
            }
        };
        let use_number = self.uses.fetch_add(1, Ordering::Relaxed);
        log.used.store(use_number, Ordering::Relaxed);
        Ok(log)
    }

    /// Closes the file that was not used for longest, when too many are open.
    pub(super) fn trim(&self) {
        if self.counters.open.load(Ordering::Relaxed) <= OPEN_FILES_MAX {
            return;
        }
        let oldest = self.by_tenant.read().ok().and_then(|logs| {
            let open = logs.values().filter(|log| log.is_open());
            open.min_by_key(|log| log.used.load(Ordering::Relaxed))
                .cloned()
        });
        if let Some(Err(error)) = oldest.map(|log| log.let_go()) {
            tracing::error!(%error, "an audit file was not synced before it was let go");
        }
    }

    fn all(&self) -> Result<Vec<Arc<Log>>, Error> {
        let logs = self.by_tenant.read().map_err(|_| Error::AuditUnavailable)?;
        Ok(logs.values().cloned().collect())
    }

    /// Writes what was put off; the first failure is told after all were tried.
    pub(super) fn settle(&self) -> Result<(), Error> {
        if !self.counters.has_put_off.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let mut settled = Ok(());
        for log in self.all()? {
            settled = settled.and(log.settle());
            self.trim();
        }
        let is_rest = settled.is_err();
        self.counters
            .has_put_off
            .fetch_or(is_rest, Ordering::AcqRel);
        settled
    }

    /// Makes all chains durable; the first failure is told after all were tried.
    pub(super) fn flush(&self) -> Result<(), Error> {
        let flushed: Vec<_> = self.all()?.iter().map(|log| log.flush()).collect();
        flushed.into_iter().collect()
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for log in self.all().unwrap_or_default() {
            log.close();
        }
    }

    #[cfg(test)]
    pub(super) fn open_files(&self) -> u64 {
        self.counters.open.load(Ordering::Relaxed)
    }

    pub(super) fn torn_tails(&self) -> u64 {
        self.counters.torn_tails.load(Ordering::Relaxed)
    }

    pub(super) fn syncs(&self) -> u64 {
        self.counters.syncs.load(Ordering::Relaxed)
    }
}
