//! Sealing and opening of one row, and what it is bound to.

use anchorhold_crypto::{Binding, DigestKey, Lookup, SealKey};
use anchorhold_model::{NamespaceId, RecordId, Timestamp};
use zeroize::Zeroizing;

use super::{Row, Table};
use crate::Error;

/// The version of what a row is bound to.
const BINDING_FORMAT: u8 = 1;

/// The keys of the file.
pub(crate) struct RowKeys {
    pub(super) seal: SealKey,
    pub(super) digest: DigestKey,
}

/// The clear columns of a row and its sealed bytes, as they stand in the file.
pub(super) struct Stored {
    pub(super) table: Table,
    pub(super) lookup: Lookup,
    pub(super) alias: Option<Lookup>,
    pub(super) parent: Lookup,
    pub(super) owner: Option<Lookup>,
    pub(super) version: u64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) sealed: Vec<u8>,
}

/// All clear columns; a row opens only beside exactly these.
fn associated(row: &Row) -> Vec<u8> {
    let mut bytes = vec![BINDING_FORMAT, row.table];
    bytes.extend_from_slice(&row.lookup);
    for optional in [&row.alias, &row.owner] {
        bytes.push(u8::from(optional.is_some()));
        bytes.extend_from_slice(&optional.unwrap_or_default());
    }
    bytes.extend_from_slice(&row.parent);
    bytes.extend_from_slice(&row.version.to_be_bytes());
    bytes.extend_from_slice(&row.created_at.milliseconds().to_be_bytes());
    bytes.extend_from_slice(&row.updated_at.milliseconds().to_be_bytes());
    bytes
}

impl RowKeys {
    /// The sealed bytes of a row.
    pub(super) fn seal(&self, row: &Row, nonce: [u8; 12]) -> Result<Vec<u8>, Error> {
        self.seal
            .seal(nonce, &associated(row), &row.body)
            .map_err(|error| Error::of_sealed("catalogue row", error))
    }

    /// The row, if nothing of it was changed.
    pub(super) fn open(&self, stored: Stored) -> Result<Row, Error> {
        let mut row = Row {
            table: stored.table,
            lookup: stored.lookup,
            alias: stored.alias,
            parent: stored.parent,
            owner: stored.owner,
            version: stored.version,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            body: Zeroizing::default(),
        };
        let opened = self.seal.open(&associated(&row), &stored.sealed);
        row.body = Zeroizing::new(opened.map_err(|_| super::reader::TAMPERED)?);
        Ok(row)
    }
}

/// Where the digest says a row is: the lookup fills the two ids of a binding.
pub(super) fn binding(table: Table, lookup: &Lookup, version: u64) -> Binding {
    let (mut first, mut second) = ([0; 16], [0; 16]);
    for (slot, byte) in first.iter_mut().chain(&mut second).zip(lookup) {
        *slot = *byte;
    }
    Binding {
        namespace: NamespaceId::from_bytes(first),
        key_epoch: 0,
        kind: table,
        id: RecordId::from_bytes(second),
        version,
    }
}
