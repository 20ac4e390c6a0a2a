//! The ports between the two halves of the store: what the vault asks the catalogue, and what the
//! catalogue asks of keys and files.

use std::sync::Arc;

use anchorhold_crypto::{InstallKey, Kek, WrappingKey};
use anchorhold_identity::{Actor, CredentialStamp};
use anchorhold_model::{Address, Clock, NamespaceId, Random, TenantId};

use crate::Error;

/// What every part of an opened store stands on.
pub(crate) struct Foundation {
    /// Wraps the wrapping keys of tenants.
    pub(crate) kek: Kek,
    /// Keys of the installation: labels `Lookup`, `Catalogue`, `Token`.
    pub(crate) install: InstallKey,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// What the vault asks the catalogue.
pub(crate) trait Registry: Send + Sync {
    /// Whether the credential was not revoked since its stamp was taken. In memory, fast.
    fn is_current(&self, stamp: CredentialStamp) -> Result<bool, Error>;

    /// Keys and files of these erased incarnations are gone.
    fn bury(&self, namespaces: &[NamespaceId]) -> Result<(), Error>;

    /// Whether a row of this incarnation exists. In memory, fast.
    fn is_living(&self, namespace: NamespaceId) -> Result<bool, Error>;

    /// Whether this is the incarnation that the address will have with its first write.
    fn is_promised(&self, address: &Address, namespace: NamespaceId) -> Result<bool, Error>;

    /// Whether a row of this incarnation is in memory. Waits for nothing.
    fn is_at_hand(&self, namespace: NamespaceId) -> bool;

    /// Whether nothing is written there any more: what is there is being moved. In memory, fast.
    fn is_frozen(&self, namespace: NamespaceId) -> bool;

    /// Makes a reserved incarnation exist: durable when it returns, also the row of its user.
    /// Says yes again when it exists already with this id. `Error::Void` when the reservation is
    /// no longer this id (erased in between); any other error leaves the outcome open.
    fn materialise(
        &self,
        address: &Address,
        namespace: NamespaceId,
        actor: &Actor,
    ) -> Result<(), Error>;

    /// The tenant's wrapping key.
    fn wrapping_key(&self, tenant: TenantId) -> Result<Arc<WrappingKey>, Error>;
}

/// What the catalogue asks of keys and files when it creates a named namespace.
///
/// INVARIANT: key and file are durable before the catalogue's row is, so a row without them is
/// tampering, and what a crash leaves without a row is removed at the next start.
pub(crate) trait Cradle: Send + Sync {
    /// Makes the key and the empty file of a new incarnation; durable when it returns.
    fn prepare(&self, namespace: NamespaceId, wrapping: &WrappingKey) -> Result<(), Error>;

    /// Removes both again, because no row came to be.
    fn discard(&self, namespace: NamespaceId) -> Result<(), Error>;
}
