//! Puts a backup in the place of what its namespace holds.

use std::sync::Arc;

use anchorhold_identity::Custodian;
use anchorhold_store::{Restore as StoreRestore, Restored};

use crate::audited::{Begun, Deed};
use crate::{Engine, Error};

/// A backup that is being taken in, piece by piece. Dropped before its end it changes nothing.
pub struct Restore {
    engine: Arc<Engine>,
    custodian: Custodian,
    inner: StoreRestore,
}

impl Engine {
    /// Begins to take a backup in. Which namespace it is of, it says itself.
    pub fn restore(self: &Arc<Self>, custodian: Custodian) -> Result<Restore, Error> {
        Ok(Restore {
            inner: self.store.restore()?,
            engine: Arc::clone(self),
            custodian,
        })
    }
}

impl Restore {
    /// Takes the next bytes, cut anywhere.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (store, custodian) = (&self.engine.store, &self.custodian);
        Ok(self.inner.take(store, custodian, bytes)?)
    }

    /// Everything came: checks all of it, then replaces what the namespace holds, at once.
    pub fn finish(self) -> Result<Restored, Error> {
        let Self {
            engine,
            custodian,
            inner,
        } = self;
        let namespace = inner.namespace();
        let begun: Begun = engine.begin(&Deed {
            actor: custodian.actor(),
            verb: "restore",
            namespace,
            records: 0,
        })?;
        let restored = inner.finish(&engine.store).map_err(Error::from);
        if let Some(namespace) = namespace {
            // Also after a failure, of which one may be that the outcome is not known.
            engine.residents.forget(namespace);
        }
        engine.end(begun, &restored.as_ref().map(drop).map_err(Clone::clone));
        restored
    }
}
