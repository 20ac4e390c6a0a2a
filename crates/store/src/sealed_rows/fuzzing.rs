//! Part of a fuzz target: a sealed row opens beside its own clear columns and no others.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a target fails by panicking"
)]

use anchorhold_crypto::{DigestKey, SealKey, Secret};
use anchorhold_model::Timestamp;
use zeroize::Zeroizing;

use super::Row;
use super::seal::{RowKeys, Stored};

/// Seals a row of these bytes, and changes one byte of it or one of its columns.
pub(crate) fn row(body: &[u8], table: u8, at: u8, turned: u8) {
    let keys = RowKeys {
        seal: SealKey::new(&Secret::new([1; 32])),
        digest: DigestKey::new(Secret::new([2; 32])),
    };
    let row = Row {
        table,
        lookup: [at; 32],
        alias: (at & 1 == 0).then_some([turned; 32]),
        parent: [3; 32],
        owner: (at & 2 == 0).then_some([0; 32]),
        version: u64::from(turned),
        created_at: Timestamp::from_milliseconds(i64::from(at)),
        updated_at: Timestamp::from_milliseconds(i64::from(turned)),
        body: Zeroizing::new(body.to_vec()),
    };
    let sealed = keys.seal(&row, [at; 12]).unwrap();
    let opened = keys.open(stored(&row, sealed.clone())).unwrap();
    assert!(*opened.body == body);
    let mut changed = sealed.clone();
    let place = usize::from(at) % changed.len();
    changed[place] ^= turned | 1;
    assert!(keys.open(stored(&row, changed)).is_err());
    let mut moved = stored(&row, sealed);
    match turned % 8 {
        0 => moved.table ^= 1,
        1 => moved.lookup[usize::from(at & 31)] ^= 1,
        2 => moved.alias = moved.alias.xor(Some([0; 32])),
        3 => moved.parent[usize::from(at & 31)] ^= 1,
        4 => moved.owner = moved.owner.xor(Some([0; 32])),
        5 => moved.version += 1,
        6 => moved.created_at = moved.created_at.plus_seconds(1),
        _ => moved.updated_at = moved.updated_at.plus_seconds(1),
    }
    assert!(keys.open(moved).is_err());
}

fn stored(row: &Row, sealed: Vec<u8>) -> Stored {
    Stored {
        table: row.table,
        lookup: row.lookup,
        alias: row.alias,
        parent: row.parent,
        owner: row.owner,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        sealed,
    }
}
