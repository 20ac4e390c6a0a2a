//! Write-ahead logs that are due: too long, or of a namespace that has been idle.
//!
//! Neither a commit nor closing a handle checkpoints (each would cost an fsync or two and an
//! unlink), so this list is what keeps the logs short. It knows sizes and times, and no key.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anchorhold_model::limits::{WAL_BYTES_MAX, WAL_IDLE_SECONDS};
use anchorhold_model::{Clock, NamespaceId};

#[derive(Clone, Copy)]
struct Log {
    bytes: u64,
    written: Duration,
    is_suspect: bool,
}

/// The logs that hold something.
pub(crate) struct Logs {
    clock: Arc<dyn Clock>,
    logs: Mutex<BTreeMap<NamespaceId, Log>>,
}

impl Logs {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            logs: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<NamespaceId, Log>> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A commit left this many bytes in the log.
    pub(crate) fn note(&self, namespace: NamespaceId, bytes: u64) {
        let written = self.clock.monotonic();
        let log = Log {
            bytes,
            written,
            is_suspect: false,
        };
        self.lock().insert(namespace, log);
    }

    /// A commit failed: the log may read well and yet not be on the disk.
    pub(crate) fn suspect(&self, namespace: NamespaceId) {
        let written = self.clock.monotonic();
        let log = Log {
            bytes: u64::MAX,
            written,
            is_suspect: true,
        };
        self.lock().insert(namespace, log);
    }

    /// Whether the log must be checkpointed before anything in it is believed.
    pub(crate) fn is_suspect(&self, namespace: NamespaceId) -> bool {
        self.lock()
            .get(&namespace)
            .is_some_and(|log| log.is_suspect)
    }

    /// The log is empty, or gone.
    pub(crate) fn forget(&self, namespace: NamespaceId) {
        self.lock().remove(&namespace);
    }

    /// The namespaces whose logs hold something.
    pub(crate) fn all(&self) -> Vec<NamespaceId> {
        let logs = self.lock();
        let holding = logs.iter().filter(|(_, log)| log.bytes > 0);
        holding.map(|(namespace, _)| *namespace).collect()
    }

    /// The namespaces whose logs are due now.
    pub(crate) fn due(&self) -> Vec<NamespaceId> {
        let now = self.clock.monotonic();
        let idle = Duration::from_secs(WAL_IDLE_SECONDS);
        let logs = self.lock();
        let is_due = |log: &Log| {
            log.bytes > WAL_BYTES_MAX || (log.bytes > 0 && now.saturating_sub(log.written) >= idle)
        };
        let due = logs.iter().filter(|(_, log)| is_due(log));
        due.map(|(namespace, _)| *namespace).collect()
    }
}
