//! Making an installation: everything first, `install.json` last.

use std::path::Path;
use std::sync::Arc;

use anchorhold_crypto::{Kek, Secret};

use super::{Initialised, Options, Store};
use crate::backend::Backend;
use crate::catalogue::Catalogue;
use crate::keyring::Keyring;
use crate::lock::DirectoryLock;
use crate::registry::Foundation;
use crate::{Error, files, install};

/// The parts of a data directory.
pub(super) const KEYRING: &str = "keyring.db";
pub(super) const CATALOGUE: &str = "catalogue.db";
pub(super) const AUDIT: &str = "audit";
pub(super) const NAMESPACES: &str = "namespaces";

/// A second owner of the KEK, for as long as the store is open.
pub(super) fn kek_copy(kek: &Kek) -> Kek {
    Kek::new(Secret::new(*kek.expose()))
}

impl Store {
    /// Makes an installation and shows its operator's key once. [`Error::Initialised`] when there
    /// is one already; then nothing changes. After a crash, the next try begins anew.
    pub fn init(options: &Options, kek: &Kek) -> Result<Initialised, Error> {
        let data = &options.data;
        files::directory_create(data)?;
        let _lock = DirectoryLock::acquire(data)?;
        if install::is_present(data)? {
            return Err(Error::Initialised);
        }
        clear(data)?;
        let random = options.random.as_ref();
        let made = install::generate(random);
        Keyring::open(&data.join(KEYRING))?.checkpoint()?;
        files::directory_create(&data.join(AUDIT))?;
        let foundation = Arc::new(Foundation {
            kek: kek_copy(kek),
            install: made.key,
            clock: Arc::clone(&options.clock),
            random: Arc::clone(&options.random),
        });
        let catalogue = Catalogue::create(&data.join(CATALOGUE), Arc::clone(&foundation))?;
        let (operator_token, _) = catalogue.operator_key_create("operator")?;
        drop(catalogue);
        install::write(data, &made.id, &foundation.install, kek, random)?;
        Ok(Initialised {
            operator_token,
            install_id: made.id,
        })
    }
}

/// Removes what an earlier try left that crashed before `install.json` was written. Records are
/// never removed here: where there are any, `install.json` was lost, and must be restored.
fn clear(data: &Path) -> Result<(), Error> {
    if !Backend::sqlite(&data.join(NAMESPACES))?
        .leftovers()?
        .is_empty()
    {
        return Err(Error::Tampered {
            what: "install.json is missing",
        });
    }
    for name in [KEYRING, CATALOGUE] {
        files::file_remove(&data.join(name))?;
        files::file_remove(&data.join(format!("{name}-wal")))?;
    }
    Ok(())
}
