//! Opening an installation: the lock, the key, the parts, and what a crash left behind.

use std::collections::BTreeSet;
use std::sync::Arc;

use anchorhold_crypto::Kek;
use anchorhold_model::NamespaceId;

use super::init::{AUDIT, CATALOGUE, KEYRING, NAMESPACES, kek_copy};
use super::{Options, Store};
use crate::audit::Audit;
use crate::backend::{Backend, Leftover};
use crate::catalogue::Catalogue;
use crate::cradle::Nursery;
use crate::keyring::Keyring;
use crate::lock::DirectoryLock;
use crate::registry::{Cradle, Foundation, Registry};
use crate::vault::Vault;
use crate::{Error, files, install};

impl Store {
    /// Opens an installation for this process alone. The wrong KEK is [`Error::WrongKey`], before
    /// anything else is read.
    pub fn open(options: Options, kek: &Kek) -> Result<Self, Error> {
        let data = &options.data;
        if !install::is_present(data)? {
            return Err(Error::NotInitialised);
        }
        let lock = DirectoryLock::acquire(data)?;
        let foundation = Arc::new(Foundation {
            install: install::open(data, kek)?.key,
            kek: kek_copy(kek),
            clock: Arc::clone(&options.clock),
            random: Arc::clone(&options.random),
        });
        let catalogue = Catalogue::open(&data.join(CATALOGUE), Arc::clone(&foundation))?;
        let catalogue = Arc::new(catalogue);
        let nursery = Arc::new(Nursery {
            foundation: Arc::clone(&foundation),
            keyring: Keyring::open(&data.join(KEYRING))?,
            backend: Backend::sqlite(&data.join(NAMESPACES))?,
        });
        catalogue.set_cradle(Arc::clone(&nursery) as Arc<dyn Cradle>);
        let leftovers = clean(&nursery, &catalogue.living()?)?;
        files::directory_create(&data.join(AUDIT))?;
        let audit = Audit::open(
            data.join(AUDIT),
            foundation,
            Arc::clone(&catalogue),
            options.audit,
        );
        let registry = Arc::clone(&catalogue) as Arc<dyn Registry>;
        let vault = Vault::new(nursery, registry, options.handles_max);
        vault.expect_logs(&leftovers);
        Ok(Self {
            catalogue,
            audit: Arc::new(audit),
            vault,
            options,
            _lock: lock,
        })
    }
}

/// Destroys keys and files without a row: a first write or an erase that a crash cut short. The
/// keyring's log is emptied in any case, because the crash may have come before that. Answers the
/// files that stay.
fn clean(nursery: &Nursery, living: &BTreeSet<NamespaceId>) -> Result<Vec<Leftover>, Error> {
    let mut leftovers = nursery.backend.leftovers()?;
    let files = leftovers.iter().map(|leftover| leftover.namespace);
    let mut orphans: BTreeSet<NamespaceId> = files.collect();
    orphans.extend(nursery.keyring.namespaces()?);
    let orphans: Vec<NamespaceId> = orphans.difference(living).copied().collect();
    if !orphans.is_empty() {
        tracing::warn!(count = orphans.len(), "finishing what a crash cut short");
    }
    nursery.destroy(&orphans)?;
    leftovers.retain(|leftover| living.contains(&leftover.namespace));
    Ok(leftovers)
}
