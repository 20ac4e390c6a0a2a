//! Where incarnations are made and unmade on disk: the key first, then the file.

use std::sync::Arc;

use anchorhold_crypto::WrappingKey;
use anchorhold_model::NamespaceId;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};

use crate::Error;
use crate::backend::Backend;
use crate::files::Removed;
use crate::keyring::Keyring;
use crate::registry::{Cradle, Foundation};
use crate::vault;

/// Keys and files of all namespaces.
pub(crate) struct Nursery {
    pub(crate) foundation: Arc<Foundation>,
    pub(crate) keyring: Keyring,
    pub(crate) backend: Backend,
}

impl Cradle for Nursery {
    fn prepare(&self, namespace: NamespaceId, wrapping: &WrappingKey) -> Result<(), Error> {
        let random = self.foundation.random.as_ref();
        let key = self.keyring.create(namespace, wrapping, random)?;
        let state = vault::first_state(&key, namespace, random)?;
        self.backend.create(namespace, &state)
    }

    fn discard(&self, namespace: NamespaceId) -> Result<(), Error> {
        self.destroy(&[namespace]).map(drop)
    }
}

impl Nursery {
    /// Destroys keys, then files; what is left to give back comes out. The key first: without it the
    /// file is noise.
    pub(crate) fn destroy(&self, namespaces: &[NamespaceId]) -> Result<Removed, Error> {
        #[cfg(feature = "sabotage")]
        let kept = sabotage::is(Bug::EraseLeavesKey) || sabotage::is(Bug::OldIncarnation);
        #[cfg(not(feature = "sabotage"))]
        let kept = false;
        if !kept {
            self.keyring.destroy(namespaces)?;
        }
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::EraseLeavesFile) {
            return Ok(Removed::default());
        }
        let mut removed = Removed::default();
        for namespace in namespaces {
            self.backend.remove(*namespace, &mut removed)?;
        }
        Ok(removed)
    }
}
