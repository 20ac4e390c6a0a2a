//! Backup and restore of one namespace: its bytes as they lie, sealed, and no key.

use anchorhold_identity::{Custodian, Custody};
use anchorhold_model::{NamespaceId, unhex};

use super::Store;
use crate::vault::{Backup, Restore};
use crate::{Error, install};

impl Store {
    /// Begins a backup of a living namespace, of any kind. [`Error::NotFound`] for any other.
    pub fn backup(&self, custodian: &Custodian, namespace: NamespaceId) -> Result<Backup, Error> {
        let custody = self.custody(custodian, namespace)?;
        let now = self.options.clock.now();
        self.vault.backup(&custody, self.install()?, now)
    }

    /// Begins to take a backup back, into the namespace that it was taken of. What it is of is
    /// told by its head: [`Error::NotFound`] when that namespace was erased since, because its key
    /// is gone, and nobody reads the backup any more.
    pub fn restore(&self) -> Result<Restore, Error> {
        Ok(Restore::new(self.install()?))
    }

    pub(crate) fn custody(
        &self,
        custodian: &Custodian,
        namespace: NamespaceId,
    ) -> Result<Custody, Error> {
        let tenant = self.catalogue.tenant_of(namespace)?;
        Ok(custodian.of(namespace, tenant.ok_or(Error::NotFound)?))
    }

    fn install(&self) -> Result<[u8; 16], Error> {
        let id = install::read_id(&self.options.data)?;
        unhex(&id).ok_or(Error::Malformed {
            what: "install.json",
        })
    }
}
