//! An opened data directory: all parts put together, and the verbs that need several of them.

mod erase;
mod init;
mod keep;
mod look;
mod open;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anchorhold_crypto::Token;
use anchorhold_model::{Clock, KeyId, Random, Timestamp};

use crate::audit::{Audit, AuditMode};
use crate::catalogue::Catalogue;
use crate::lock::DirectoryLock;
use crate::vault::Vault;
use crate::{Error, install};
pub use erase::SweptSessions;

/// Days that a receipt says copies of the catalogue may live on, when nothing else is configured.
pub const RESIDUE_DAYS_DEFAULT: u32 = 30;

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// The data directory. The KEK must lie outside.
    pub data: PathBuf,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub random: Arc<dyn Random>,
    /// Namespace files that stay open, at most; more only while more are in use.
    pub handles_max: usize,
    /// Whether acts are written down.
    pub audit: AuditMode,
    /// Days that backups of the catalogue and the keyring are kept; receipts tell of it.
    pub residue_days: u32,
}

/// What a new installation shows once.
pub struct Initialised {
    /// The key of the operator.
    pub operator_token: Token,
    /// The id of the installation.
    pub install_id: String,
}

/// What an erase did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shredded {
    /// Namespaces that were destroyed.
    pub namespaces: u64,
    /// Records that were in them.
    pub records: u64,
    /// Ids of the destroyed keys: `nsk_` and the digits of the namespace's id.
    pub key_ids: Vec<String>,
    /// API keys that nobody knows any more.
    pub revoked_keys: Vec<KeyId>,
    /// When it was done.
    pub erased_at: Timestamp,
    /// Where copies of the destroyed keys may live on.
    pub residues: Vec<Residue>,
}

/// A place that may still hold a copy of a destroyed key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Residue {
    /// Which place.
    pub place: &'static str,
    /// Until when.
    pub until: Timestamp,
}

/// All of an installation. One per data directory and machine.
pub struct Store {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) vault: Vault,
    pub(crate) options: Options,
    /// Opened to be looked at: logs are left as they are.
    pub(crate) is_still: bool,
    // Last, so that the directory is let go of when everything else is closed.
    _lock: DirectoryLock,
}

impl Store {
    /// Whether the directory holds an installation.
    pub fn is_initialised(data: &Path) -> Result<bool, Error> {
        install::is_present(data)
    }

    /// The id of the installation; needs no key.
    pub fn install_id(data: &Path) -> Result<String, Error> {
        install::read_id(data)
    }

    /// Records.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    #[cfg(test)]
    pub(crate) const fn vault_mut(&mut self) -> &mut Vault {
        &mut self.vault
    }

    /// Nouns.
    pub const fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// What happened.
    pub const fn audit(&self) -> &Arc<Audit> {
        &self.audit
    }
}

impl Drop for Store {
    /// Finishes what is under way. What is not synced by then was not acknowledged either.
    fn drop(&mut self) {
        self.vault.close();
        if let Err(error) = self.audit.close() {
            tracing::warn!(%error, "the audit log was not closed cleanly");
        }
    }
}
