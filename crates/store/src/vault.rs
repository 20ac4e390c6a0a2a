//! The upper floor: takes a `Scope` everywhere, seals and opens, and keeps files open.
//!
//! To add a verb: a file with its name below `vault/` and a method on [`Vault`].

mod backup;
mod checkpoint;
mod commit;
mod draws;
mod engine;
mod extract;
mod fetch;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod handle;
mod hold;
mod inspect;
mod keys;
mod load;
mod open;
mod request;
mod restore;
mod shred;
mod sign;
mod state;
mod table;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use anchorhold_crypto::NamespaceKey;
use anchorhold_identity::{Read, Scope};
use anchorhold_model::limits::{EPOCH_RECORDS_MAX, EPOCHS_MAX, EXTRACT_SPAN};
use anchorhold_model::{NamespaceId, Random, Stream};

use crate::backend::{Leftover, StateRow};
use crate::checkpoint::Logs;
use crate::cradle::Nursery;
use crate::registry::Registry;
use crate::{Error, Head};
pub use backup::Backup;
use engine::{Outside, Rules};
pub use fetch::Opener;
use hold::Holds;
pub(crate) use inspect::Inspected;
pub use load::{Loaded, Take, TakeSummary};
pub use restore::{Restore, Restored};
use state::State;
use table::Table;

#[cfg(test)]
mod tests;

/// All records of all namespaces, each behind the scope that allows it.
pub struct Vault {
    nursery: Arc<Nursery>,
    registry: Arc<dyn Registry>,
    table: Table,
    logs: Logs,
    holds: Arc<Holds>,
    rules: Rules,
    is_closed: AtomicBool,
    commits: AtomicU64,
    /// Erased, but not destroyed on disk yet.
    unfinished: Mutex<BTreeSet<NamespaceId>>,
}

/// The sealed state of a namespace without records.
pub(crate) fn first_state(
    key: &NamespaceKey,
    namespace: NamespaceId,
    random: &dyn Random,
) -> Result<StateRow, Error> {
    let mut nonce = [0; 12];
    random.fill(Stream(namespace.as_bytes()), &mut nonce);
    State::default().seal(&keys::state_key(key), namespace, nonce)
}

impl Vault {
    pub(crate) fn new(
        nursery: Arc<Nursery>,
        registry: Arc<dyn Registry>,
        handles_max: usize,
    ) -> Self {
        Self {
            logs: Logs::new(Arc::clone(&nursery.foundation.clock)),
            nursery,
            registry,
            table: Table::new(handles_max),
            holds: Arc::default(),
            rules: Rules {
                epoch_records_max: EPOCH_RECORDS_MAX,
                epochs_max: EPOCHS_MAX,
                extract_span: EXTRACT_SPAN,
            },
            is_closed: AtomicBool::new(false),
            commits: AtomicU64::new(0),
            unfinished: Mutex::default(),
        }
    }

    /// Keys and files.
    pub(crate) fn nursery(&self) -> &Nursery {
        &self.nursery
    }

    /// Takes over the logs that an earlier process left.
    pub(crate) fn expect_logs(&self, leftovers: &[Leftover]) {
        for leftover in leftovers.iter().filter(|leftover| leftover.log_bytes > 0) {
            self.logs.note(leftover.namespace, leftover.log_bytes);
        }
    }

    /// Other rules than those of the limits.
    #[cfg(test)]
    pub(crate) fn set_rules(
        &mut self,
        epoch_records_max: u64,
        epochs_max: usize,
        extract_span: u64,
    ) {
        self.rules = Rules {
            epoch_records_max,
            epochs_max,
            extract_span,
        };
    }

    fn outside(&self) -> Outside<'_> {
        Outside {
            registry: self.registry.as_ref(),
            random: self.nursery.foundation.random.as_ref(),
            rules: self.rules,
            logs: &self.logs,
            commits: &self.commits,
        }
    }

    /// Where the namespace stands; both numbers are 0 for one that is reserved only.
    pub fn head(&self, scope: &Scope<Read>) -> Result<Head, Error> {
        match self.open_for_read(scope)? {
            Some(opened) => Ok(opened.handle.head()),
            None => Ok(Head::default()),
        }
    }

    /// Namespace files that are open now.
    pub fn handles(&self) -> usize {
        self.table.len()
    }

    /// Counts uses of namespaces, for [`Vault::close_unused`].
    pub fn uses(&self) -> u64 {
        self.table.ticks()
    }

    /// Closes the files of namespaces that were not used since [`Vault::uses`] answered this.
    pub fn close_unused(&self, uses: u64) -> usize {
        self.table.close_unused(uses)
    }

    /// Commits since the open. Each is one group of writes and one fsync.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Takes no more writes and waits for those under way; their logs stay for the next open.
    pub fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.table.drain();
    }
}
