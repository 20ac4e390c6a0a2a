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
        let leftovers = clean(&nursery, &catalogue)?;
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
            is_still: false,
            _lock: lock,
        })
    }
}

/// Finishes what a crash cut short: destroys what has a tombstone, and what a first write left that
/// never came to pass. The keyring's log is emptied in any case, because the crash may have come
/// before that. Answers the files that stay.
///
/// INVARIANT: a namespace that holds records and has neither row nor tombstone is never touched.
/// It is there because the catalogue is not the newest, and that is for the operator to mend.
fn clean(nursery: &Nursery, catalogue: &Catalogue) -> Result<Vec<Leftover>, Error> {
    let (living, erased) = (catalogue.living()?, catalogue.tombstones()?);
    let mut leftovers = nursery.backend.leftovers()?;
    let files: BTreeSet<NamespaceId> = leftovers
        .iter()
        .map(|leftover| leftover.namespace)
        .collect();
    let keys: BTreeSet<NamespaceId> = nursery.keyring.namespaces()?.into_iter().collect();
    let mut doomed: BTreeSet<NamespaceId> = erased.clone();
    for orphan in files.union(&keys).filter(|orphan| !living.contains(orphan)) {
        if !erased.contains(orphan) && files.contains(orphan) && has_records(nursery, *orphan) {
            return Err(Error::Tampered {
                what: "catalogue: it is older than the namespaces; restore the newest one",
            });
        }
        doomed.insert(*orphan);
    }
    let doomed: Vec<NamespaceId> = doomed.into_iter().collect();
    if !doomed.is_empty() {
        tracing::warn!(count = doomed.len(), "finishing what a crash cut short");
    }
    let removed = nursery.destroy(&doomed)?;
    catalogue.bury(&erased.into_iter().collect::<Vec<_>>())?;
    drop(removed);
    leftovers.retain(|leftover| living.contains(&leftover.namespace));
    Ok(leftovers)
}

/// Whether anything was ever committed to a file; one that does not read may hold everything.
fn has_records(nursery: &Nursery, namespace: NamespaceId) -> bool {
    match nursery.backend.state_of_closed(namespace) {
        Ok(row) => row.head.sequence > 0,
        Err(_) => true,
    }
}
