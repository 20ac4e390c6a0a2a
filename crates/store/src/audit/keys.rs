//! Keys of one tenant's chain: derived from its wrapping key, one per open of its file.

use anchorhold_crypto::{Label, MacKey, SealKey, Secret};
use anchorhold_model::TenantId;

use super::{Audit, OPERATOR};
use crate::Error;
use crate::registry::Registry as _;

/// Bytes of the random salt of an epoch.
pub(super) const SALT_BYTES: usize = 32;

/// What the keys of a chain are derived from.
pub(super) struct ChainKeys {
    root: MacKey,
}

impl ChainKeys {
    /// Seals the heads of epochs.
    pub(super) fn header(&self) -> SealKey {
        SealKey::new(&Secret::new(self.root.pseudo_random(&[b"header"])))
    }

    /// Seals the entries of one epoch.
    pub(super) fn epoch(&self, salt: &[u8; SALT_BYTES]) -> SealKey {
        SealKey::new(&Secret::new(self.root.pseudo_random(&[b"epoch", salt])))
    }
}

impl Audit {
    /// The keys of a tenant's chain; the operator's come from the installation's own key.
    pub(super) fn keys(&self, tenant: TenantId) -> Result<ChainKeys, Error> {
        let secret = if tenant == OPERATOR {
            self.foundation.install.derive(Label::Audit)
        } else {
            self.catalogue.wrapping_key(tenant)?.derive(Label::Audit)
        };
        Ok(ChainKeys {
            root: MacKey::new(secret),
        })
    }
}
