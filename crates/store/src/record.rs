//! The nouns of the store: a record in clear, the same record sealed, and what a write answers.

use std::sync::Arc;

use anchorhold_model::RecordId;
use zeroize::Zeroizing;

use crate::Head;

/// What a record is. The number is part of the on-disk format: never change one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A memory.
    Memory,
}

impl Kind {
    /// The number on disk.
    pub const fn number(self) -> u8 {
        match self {
            Self::Memory => 1,
        }
    }

    /// The kind with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Memory),
            _ => None,
        }
    }
}

/// A record in clear, on its way in. No `Debug`: it holds content.
#[derive(Clone)]
pub struct Plain {
    /// The record.
    pub id: RecordId,
    /// 1 for a new record; the stored version plus 1 to replace it.
    pub version: u64,
    /// What it is.
    pub kind: Kind,
    /// The content.
    pub body: Zeroizing<Vec<u8>>,
}

/// A record as it lies on disk. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The record.
    pub id: RecordId,
    /// Its version.
    pub version: u64,
    /// What it is.
    pub kind: Kind,
    /// The key epoch it was sealed in.
    pub key_epoch: u32,
    /// `nonce || ciphertext || tag`.
    pub bytes: Arc<[u8]>,
}

impl std::fmt::Debug for Sealed {
    /// Without the bytes.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Sealed")
            .field("id", &self.id)
            .field("version", &self.version)
            .field("kind", &self.kind)
            .field("key_epoch", &self.key_epoch)
            .finish_non_exhaustive()
    }
}

/// What a commit answers; the records are durable.
#[derive(Clone, Debug)]
pub struct Appended {
    /// Where the namespace stands after the commit that the records were part of. A generation
    /// that is newer than the caller's own says: reload (others purged, or epochs were merged).
    pub head: Head,
    /// The records as they were sealed, in the order they were given.
    pub sealed: Vec<Sealed>,
    /// Whether all of them were stored already by an earlier try; then nothing was written.
    pub replayed: bool,
}

/// What a purge answers; the records are gone from the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purged {
    /// Where the namespace stands after it.
    pub head: Head,
    /// How many of the ids named a record.
    pub removed: u64,
}
