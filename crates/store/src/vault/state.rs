//! What a namespace knows of all its records: the digest, the head, and how many each key epoch
//! holds. Kept sealed in the state row; the clear head beside it must agree.

use std::collections::BTreeMap;

use anchorhold_crypto::{Binding, DigestKey, SealKey, SetDigest};
use anchorhold_model::NamespaceId;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};

use crate::backend::{RecordRow, StateRow};
use crate::{Error, Head, Sealed};

const FORMAT: u8 = 3;
const TAMPERED: Error = Error::Tampered {
    what: "state of a namespace",
};

/// A plain value: a transaction works on a copy and puts it in place when it is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) digest: SetDigest,
    pub(super) head: Head,
    /// The number of the newest key epoch there ever was; numbers are not used again.
    pub(super) epoch_newest: u32,
    /// Live records of each key epoch that has a row.
    pub(super) live: BTreeMap<u32, u64>,
    /// Spans of records that were extracted.
    pub(super) extracts: u64,
    /// The last place in the order of arrival that was given out, also to a record that is gone:
    /// the next one would tell otherwise whether the namespace was out of memory in between.
    pub(super) place: u64,
    /// Records whose time was over and that the server put away since the last commit.
    pub(super) swept: u64,
}

/// What a sealed record is bound to.
pub(super) fn binding(namespace: NamespaceId, sealed: &Sealed) -> Binding {
    Binding {
        namespace,
        key_epoch: sealed.key_epoch,
        kind: sealed.kind.number(),
        id: sealed.id,
        version: sealed.version,
    }
}

/// The same, of the row of a record.
fn row_binding(namespace: NamespaceId, row: &RecordRow) -> Binding {
    Binding {
        namespace,
        key_epoch: row.key_epoch,
        kind: row.kind.number(),
        id: row.id,
        version: row.version,
    }
}

impl State {
    /// The same without records: what all live records must add up to again.
    pub(super) fn emptied(&self) -> Self {
        Self {
            digest: SetDigest::default(),
            // Epochs without records are in the state too.
            live: self.live.keys().map(|number| (*number, 0)).collect(),
            ..*self
        }
    }

    /// Live records.
    pub(super) fn records(&self) -> u64 {
        self.live.values().sum()
    }

    /// What a receipt counts: the records as of the last commit but for those that somebody
    /// deleted. Whether the server has put away meanwhile what is over does not change it.
    pub(super) fn kept(&self) -> u64 {
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::ReceiptTellsSweep) {
            return self.records();
        }
        self.records().saturating_add(self.swept)
    }

    /// A record became live.
    pub(super) fn add(&mut self, key: &DigestKey, namespace: NamespaceId, row: &RecordRow) {
        self.digest.add(key, &row_binding(namespace, row), &row.tag);
        *self.live.entry(row.key_epoch).or_default() += 1;
    }

    /// A record is live no more.
    pub(super) fn remove(
        &mut self,
        key: &DigestKey,
        namespace: NamespaceId,
        row: &RecordRow,
    ) -> Result<(), Error> {
        let live = self.live.get_mut(&row.key_epoch).ok_or(TAMPERED)?;
        *live = live.checked_sub(1).ok_or(TAMPERED)?;
        self.digest
            .remove(key, &row_binding(namespace, row), &row.tag);
        Ok(())
    }

    /// Seals the state for its row.
    pub(super) fn seal(
        &self,
        key: &SealKey,
        namespace: NamespaceId,
        nonce: [u8; 12],
    ) -> Result<StateRow, Error> {
        let mut bytes = Vec::with_capacity(88 + 12 * self.live.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(self.digest.as_bytes());
        bytes.extend_from_slice(&self.head.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.head.generation.to_be_bytes());
        bytes.extend_from_slice(&self.epoch_newest.to_be_bytes());
        bytes.extend_from_slice(&self.extracts.to_be_bytes());
        bytes.extend_from_slice(&self.place.to_be_bytes());
        bytes.extend_from_slice(&self.swept.to_be_bytes());
        for (number, live) in &self.live {
            bytes.extend_from_slice(&number.to_be_bytes());
            bytes.extend_from_slice(&live.to_be_bytes());
        }
        let sealed = key
            .seal(nonce, namespace.as_bytes(), &bytes)
            .map_err(|error| Error::of_sealed("state of a namespace", error))?;
        Ok(StateRow {
            head: self.head,
            sealed,
        })
    }

    /// Opens the state of a row, and compares it with the clear head.
    pub(super) fn open(
        key: &SealKey,
        namespace: NamespaceId,
        row: &StateRow,
    ) -> Result<Self, Error> {
        let bytes = key
            .open(namespace.as_bytes(), &row.sealed)
            .map_err(|_| TAMPERED)?;
        let state = Self::parse(&bytes).ok_or(TAMPERED)?;
        if state.head == row.head {
            Ok(state)
        } else {
            Err(TAMPERED)
        }
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (&[format], bytes) = bytes.split_first_chunk::<1>()?;
        let (&digest, bytes) = bytes.split_first_chunk::<32>()?;
        let (&sequence, bytes) = bytes.split_first_chunk::<8>()?;
        let (&generation, bytes) = bytes.split_first_chunk::<8>()?;
        let (&epoch_newest, bytes) = bytes.split_first_chunk::<4>()?;
        let (&extracts, bytes) = bytes.split_first_chunk::<8>()?;
        let (&place, bytes) = bytes.split_first_chunk::<8>()?;
        let (&swept, mut bytes) = bytes.split_first_chunk::<8>()?;
        let mut live = BTreeMap::new();
        while !bytes.is_empty() {
            let (&number, rest) = bytes.split_first_chunk::<4>()?;
            let (&count, rest) = rest.split_first_chunk::<8>()?;
            live.insert(u32::from_be_bytes(number), u64::from_be_bytes(count));
            bytes = rest;
        }
        (format == FORMAT).then(|| Self {
            digest: SetDigest::from_bytes(digest),
            head: Head {
                sequence: u64::from_be_bytes(sequence),
                generation: u64::from_be_bytes(generation),
            },
            epoch_newest: u32::from_be_bytes(epoch_newest),
            live,
            extracts: u64::from_be_bytes(extracts),
            place: u64::from_be_bytes(place),
            swept: u64::from_be_bytes(swept),
        })
    }
}
