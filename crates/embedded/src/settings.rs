//! What an application says when it opens Anchorhold: where the data lie, and what its tenant demands.

use std::path::PathBuf;

use anchorhold_crypto::Secret;
use anchorhold_model::{TenantName, TenantPolicy, TrustMode};

use crate::Error;
use crate::house::workers;

/// Namespace files open at once where nothing else is said: 200 KB and three descriptors each, beside those
/// of the application's own.
const HANDLES_USUAL: usize = 256;

/// The key that opens everything. Whoever has the data and this key reads all of it.
pub enum RootKey {
    /// In a file of 64 hexadecimal digits outside the data directory, made at the first start where there is
    /// none. Back it up apart from the data.
    File(PathBuf),
    /// The key itself.
    Value(Secret),
}

/// How Anchorhold is opened.
pub struct Settings {
    /// The data directory, made at the first start.
    pub data: PathBuf,
    /// The key that opens it.
    pub root_key: RootKey,
    /// The tenant of all requests of the application, made at the first start.
    pub tenant: TenantName,
    /// What it is given when it is made; one that is there stays as it is.
    pub policy: TenantPolicy,
    /// Whether a credential of the application that somebody has revoked is made anew.
    pub renews_key: bool,
    /// Verbs that run at once, each on a thread of the runtime that may block.
    pub workers: usize,
    /// Namespace files open at once.
    pub handles_max: usize,
    /// Days that backups of the data directory are kept; receipts of erasures tell of it.
    pub backup_days: u32,
}

impl Settings {
    /// The usual settings: each user a namespace of their own, and nothing counts that is not proved.
    pub fn new(data: impl Into<PathBuf>, root_key: RootKey, tenant: &str) -> Result<Self, Error> {
        let tenant = TenantName::parse(tenant)
            .map_err(|error| Error::Configuration(format!("the tenant's name {error}")))?;
        Ok(Self {
            data: data.into(),
            root_key,
            tenant,
            policy: TenantPolicy {
                trust_mode: TrustMode::Strict,
                ..TenantPolicy::default()
            },
            renews_key: false,
            workers: workers(),
            handles_max: HANDLES_USUAL,
            backup_days: anchorhold_store::RESIDUE_DAYS_DEFAULT,
        })
    }
}
