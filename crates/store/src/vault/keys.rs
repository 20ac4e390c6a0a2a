//! The keys of one open namespace: what is derived from its key, and its key epochs.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use anchorhold_crypto::{DigestKey, EpochKey, Label, MacKey, NamespaceKey, SealKey};
use anchorhold_model::NamespaceId;

use super::state::binding;
use crate::backend::EpochRow;
use crate::{Error, Parts, Sealed};

/// Wiped when the handle is dropped.
pub(super) struct Keys {
    namespace: NamespaceId,
    key: NamespaceKey,
    pub(super) digest: DigestKey,
    pub(super) state: SealKey,
    extracts: OnceLock<SealKey>,
    epochs: RwLock<BTreeMap<u32, Arc<Epoch>>>,
}

/// A key epoch; its key is derived when it is first needed.
pub(super) struct Epoch {
    pub(super) row: EpochRow,
    key: OnceLock<EpochKey>,
}

/// The key of the state row.
pub(super) fn state_key(key: &NamespaceKey) -> SealKey {
    SealKey::new(&key.derive(Label::State))
}

impl Keys {
    pub(super) fn new(namespace: NamespaceId, key: NamespaceKey, rows: Vec<EpochRow>) -> Self {
        let epochs = rows.into_iter().map(|row| {
            let key = OnceLock::new();
            (row.number, Arc::new(Epoch { row, key }))
        });
        Self {
            namespace,
            digest: DigestKey::new(key.derive(Label::Digest)),
            state: state_key(&key),
            extracts: OnceLock::new(),
            epochs: RwLock::new(epochs.collect()),
            key,
        }
    }

    /// A key for MACs or pseudo-random bytes.
    pub(super) fn mac(&self, label: Label) -> MacKey {
        MacKey::new(self.key.derive(label))
    }

    /// The key of extracts.
    pub(super) fn extracts(&self) -> &SealKey {
        self.extracts
            .get_or_init(|| SealKey::new(&self.key.derive(Label::Index)))
    }

    /// A new key epoch with this salt.
    pub(super) fn epoch_begin(&self, number: u32, salt: [u8; 32]) -> Arc<Epoch> {
        let key = EpochKey::derive(&self.key, &salt);
        let row = EpochRow {
            number,
            salt,
            commitment: *key.commitment(),
        };
        let key = OnceLock::from(key);
        Arc::new(Epoch { row, key })
    }

    /// Makes a new epoch known to readers; its row is durable.
    ///
    /// Epochs whose rows were pruned stay known until the handle is dropped, so that a reader
    /// that holds a record from before can still open it.
    pub(super) fn epoch_add(&self, epoch: Arc<Epoch>) {
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        epochs.insert(epoch.row.number, epoch);
    }

    /// Whether an epoch has a row or had one since the handle was opened.
    pub(super) fn epoch(&self, number: u32) -> Option<Arc<Epoch>> {
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        epochs.get(&number).cloned()
    }

    /// Opens a record with the key of `epoch`, which is the record's.
    pub(super) fn open_in(&self, epoch: &Epoch, sealed: &Sealed) -> Result<Parts, Error> {
        let key = self.epoch_key(epoch)?;
        let opened = key
            .open(&binding(self.namespace, sealed), &sealed.bytes)
            .map_err(|error| Error::of_sealed("record", error))?;
        Parts::from_opened(opened).ok_or(Error::Malformed { what: "record" })
    }

    /// Seals a record in `epoch`.
    pub(super) fn seal_in(
        &self,
        epoch: &Epoch,
        nonce: [u8; 12],
        mut sealed: Sealed,
        parts: &Parts,
    ) -> Result<Sealed, Error> {
        sealed.key_epoch = epoch.row.number;
        let bytes = self
            .epoch_key(epoch)?
            .seal(nonce, &binding(self.namespace, &sealed), parts.as_bytes())
            .map_err(|error| Error::of_sealed("record", error))?;
        sealed.bytes = bytes.into();
        Ok(sealed)
    }

    /// The key, checked against its commitment when it is first used.
    fn epoch_key<'a>(&self, epoch: &'a Epoch) -> Result<&'a EpochKey, Error> {
        if let Some(key) = epoch.key.get() {
            return Ok(key);
        }
        let row = &epoch.row;
        let key = EpochKey::verify(&self.key, &row.salt, &row.commitment)
            .map_err(|_| Error::Tampered { what: "key epoch" })?;
        Ok(epoch.key.get_or_init(|| key))
    }
}
