//! A copy of one namespace as it lies: sealed. Whoever keeps it learns nothing of what is in it.

use std::sync::Arc;

use anchorhold_identity::Custodian;
use anchorhold_model::NamespaceId;
use anchorhold_store::{Backup as StoreBackup, Head, Outcome};

use crate::audited::{Begun, Deed};
use crate::{Engine, Error};

/// A backup that is being given out, piece by piece. Its entry in the audit log says whether that
/// came to its end.
pub struct Backup {
    engine: Arc<Engine>,
    inner: StoreBackup,
    begun: Option<Begun>,
}

impl Engine {
    /// Begins a backup of one namespace of any kind, which is used meanwhile.
    pub fn backup(
        self: &Arc<Self>,
        custodian: &Custodian,
        namespace: NamespaceId,
    ) -> Result<Backup, Error> {
        let begun = self.begin(&Deed {
            actor: custodian.actor(),
            verb: "backup",
            namespace: Some(namespace),
            records: 0,
        })?;
        match self.store.backup(custodian, namespace) {
            Ok(inner) => Ok(Backup {
                engine: Arc::clone(self),
                inner,
                begun: Some(begun),
            }),
            Err(error) => {
                let error = Error::from(error);
                self.end(begun, &Err(error.clone()));
                Err(error)
            }
        }
    }
}

impl Backup {
    /// Where the namespace stood.
    pub const fn head(&self) -> Head {
        self.inner.head()
    }

    /// Records in it.
    pub const fn records(&self) -> u64 {
        self.inner.records()
    }
}

impl Iterator for Backup {
    type Item = Result<Vec<u8>, Error>;

    /// The next bytes. Nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        let next = self.inner.next().map(|piece| piece.map_err(Error::from));
        let ended = match &next {
            None => Ok(()),
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(_)) => return next,
        };
        if let Some(begun) = self.begun.take() {
            self.engine.end(begun, &ended);
        }
        next
    }
}

impl Drop for Backup {
    /// Whoever asked for it left before its end.
    fn drop(&mut self) {
        if let Some(begun) = self.begun.take() {
            let reason = "cut";
            self.engine.settle(begun, Outcome::Failed { reason });
        }
    }
}
