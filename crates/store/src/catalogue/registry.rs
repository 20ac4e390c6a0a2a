//! What the vault asks: is the credential still good, does the incarnation live, make it exist.

use std::sync::Arc;

use anchorhold_crypto::WrappingKey;
use anchorhold_identity::{Actor, CredentialStamp};
use anchorhold_model::{Address, NamespaceId, TenantId};

use super::Catalogue;
use crate::Error;
use crate::registry::Registry;

impl Registry for Catalogue {
    fn is_current(&self, stamp: CredentialStamp) -> Result<bool, Error> {
        let stored = self.credential_by_key(stamp.key)?;
        Ok(stored.is_some_and(|stored| {
            stored.record.revoked_at.is_none() && stored.record.generation == stamp.generation
        }))
    }

    fn is_frozen(&self, namespace: NamespaceId) -> bool {
        self.frozen().contains(&namespace)
    }

    fn bury(&self, namespaces: &[NamespaceId]) -> Result<(), Error> {
        Self::bury(self, namespaces)
    }

    fn is_living(&self, namespace: NamespaceId) -> Result<bool, Error> {
        Ok(self.namespace_by_id(namespace)?.is_some())
    }

    fn is_promised(&self, address: &Address, namespace: NamespaceId) -> Result<bool, Error> {
        let desk = self.desk()?;
        let reserved = desk.reservations.get(&self.lookups.address(address));
        Ok(reserved.is_some_and(|reserved| reserved.namespace == namespace))
    }

    fn is_at_hand(&self, namespace: NamespaceId) -> bool {
        let known = self.caches.namespaces.get(namespace.as_bytes());
        known.is_some()
    }

    fn materialise(
        &self,
        address: &Address,
        namespace: NamespaceId,
        actor: &Actor,
    ) -> Result<(), Error> {
        self.materialise_durably(address, namespace, actor)
    }

    fn wrapping_key(&self, tenant: TenantId) -> Result<Arc<WrappingKey>, Error> {
        let stored = self.tenant_by_id(tenant)?.ok_or(Error::NotFound)?;
        Ok(Arc::clone(&stored.wrapping))
    }
}
