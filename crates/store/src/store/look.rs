//! Opening an installation to look at it: nothing is cleaned, nothing is written, and as much is
//! opened as opens.

use std::path::Path;
use std::sync::Arc;

use anchorhold_crypto::Kek;

use super::init::{AUDIT, CATALOGUE, KEYRING, NAMESPACES, kek_copy};
use super::{Options, Store};
use crate::audit::{Audit, AuditMode};
use crate::backend::Backend;
use crate::catalogue::Catalogue;
use crate::cradle::Nursery;
use crate::keyring::Keyring;
use crate::lock::DirectoryLock;
use crate::registry::{Foundation, Registry};
use crate::survey::{Finding, Role, What, install_what};
use crate::vault::Vault;
use crate::{Error, install};

impl Store {
    /// The id of the installation, which says what its key file is called; or what is wrong with
    /// the file that should say it. Needs no key.
    pub fn look_at_install(data: &Path) -> Result<Result<String, Finding>, Error> {
        let finding = |error: &Error| Finding::of_all(Role::Install, install_what(error));
        match install::read_id(data) {
            Ok(id) if anchorhold_model::unhex::<16>(&id).is_some() => Ok(Ok(id)),
            Ok(_) => Ok(Err(Finding::of_all(Role::Install, What::Structure))),
            Err(Error::NotInitialised) if !data.join(CATALOGUE).try_exists()? => {
                Err(Error::NotInitialised)
            }
            Err(error) => Ok(Err(finding(&error))),
        }
    }

    /// Opens an installation that no process serves, to survey it. With it, what kept parts from
    /// being opened; without a store, nothing else could be looked at.
    ///
    /// [`Error::WrongKey`], [`Error::InUse`] and [`Error::NotInitialised`] are no findings: then
    /// nothing was looked at.
    pub fn open_to_survey(
        options: Options,
        kek: &Kek,
    ) -> Result<(Option<Self>, Vec<Finding>), Error> {
        let data = &options.data;
        let mut found = Vec::new();
        if let Err(finding) = Self::look_at_install(data)? {
            return Ok((None, vec![finding]));
        }
        let lock = DirectoryLock::acquire(data)?;
        let installed = match install::open(data, kek) {
            Ok(installed) => installed,
            Err(Error::WrongKey) => return Err(Error::WrongKey),
            Err(error) => {
                found.push(Finding::of_all(Role::Install, install_what(&error)));
                return Ok((None, found));
            }
        };
        let foundation = Arc::new(Foundation {
            install: installed.key,
            kek: kek_copy(kek),
            clock: Arc::clone(&options.clock),
            random: Arc::clone(&options.random),
        });
        let catalogue = match Catalogue::look(&data.join(CATALOGUE), Arc::clone(&foundation)) {
            Ok(catalogue) => Arc::new(catalogue),
            Err(error) => {
                found.push(Finding::of_all(Role::Catalogue, file_what(&error)));
                return Ok((None, found));
            }
        };
        let keyring = Keyring::look(&data.join(KEYRING)).or_else(|error| {
            found.push(Finding::of_all(Role::Keyring, file_what(&error)));
            Keyring::empty()
        })?;
        let nursery = Arc::new(Nursery {
            foundation: Arc::clone(&foundation),
            keyring,
            backend: Backend::sqlite(&data.join(NAMESPACES))?,
        });
        let audit = Audit::open(
            data.join(AUDIT),
            foundation,
            Arc::clone(&catalogue),
            AuditMode::Off,
        );
        let registry = Arc::clone(&catalogue) as Arc<dyn Registry>;
        let vault = Vault::new(nursery, registry, options.handles_max);
        vault.close();
        let store = Self {
            catalogue,
            audit: Arc::new(audit),
            vault,
            options,
            is_still: true,
            _lock: lock,
        };
        Ok((Some(store), found))
    }
}

const fn file_what(error: &Error) -> What {
    match error {
        Error::NotFound => What::Missing,
        Error::Format { .. } => What::Format,
        Error::Tampered { .. } | Error::Malformed { .. } => What::Structure,
        _ => What::Unreadable,
    }
}
