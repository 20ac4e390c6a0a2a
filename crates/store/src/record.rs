//! The nouns of the store: a record in clear, the same record sealed, and what a write answers.

use std::sync::Arc;

use anchorhold_model::{NamespaceId, RecordId};
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
    /// What is read of it whenever its namespace is opened.
    pub summary: Zeroizing<Vec<u8>>,
    /// What is read of it when somebody wants it.
    pub content: Zeroizing<Vec<u8>>,
}

/// What one write does to a namespace: all of it or nothing.
#[derive(Clone, Default)]
pub struct Batch {
    /// The records that it brings.
    pub records: Vec<Plain>,
    /// Whether a record whose id is free may come in at any version, because it lived elsewhere
    /// before. A change of a record that was purged meanwhile is refused otherwise, not kept.
    pub moved: bool,
    /// Where the records lived before: they come only while that is there.
    pub source: Option<NamespaceId>,
    /// Records that go, each with its tag: those whose time is over, so that their ids are free before
    /// the others come, and those that live elsewhere now. One that has another tag by now is another
    /// record, and stays.
    pub over: Vec<(RecordId, [u8; TAG_BYTES])>,
    /// The last place in the order of arrival that was given out.
    pub place: u64,
}

impl From<Vec<Plain>> for Batch {
    fn from(records: Vec<Plain>) -> Self {
        Self {
            records,
            ..Self::default()
        }
    }
}

/// The two parts of an opened record, as they are sealed: the length of the summary, the summary,
/// the content. No `Debug`: it holds content.
pub struct Parts(Zeroizing<Vec<u8>>);

impl Parts {
    /// Puts the parts of a record together.
    pub(crate) fn join(record: &Plain) -> Self {
        let (summary, content) = (&record.summary, &record.content);
        let mut bytes = Vec::with_capacity(4 + summary.len() + content.len());
        // A summary is bounded by the limits of the model, far below 32 bits.
        let length = u32::try_from(summary.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(summary);
        bytes.extend_from_slice(content);
        Self(Zeroizing::new(bytes))
    }

    /// Takes what was sealed; `None` for bytes that were never joined.
    pub(crate) fn from_opened(bytes: Vec<u8>) -> Option<Self> {
        let parts = Self(Zeroizing::new(bytes));
        parts.split().is_some().then_some(parts)
    }

    fn split(&self) -> Option<(&[u8], &[u8])> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
    }

    /// Both parts as they are sealed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What is read of the record whenever its namespace is opened.
    pub fn summary(&self) -> &[u8] {
        self.split().unwrap_or_default().0
    }

    /// What is read of it when somebody wants it.
    pub fn content(&self) -> &[u8] {
        self.split().unwrap_or_default().1
    }
}

/// One record of a namespace that is being opened.
pub struct Found<'a> {
    /// The record.
    pub id: RecordId,
    /// Its version.
    pub version: u64,
    /// The tag that it was sealed with.
    pub tag: [u8; TAG_BYTES],
    /// What is read of it whenever its namespace is opened.
    pub summary: &'a [u8],
    /// The whole record, when it had to be opened to find the summary.
    pub sealed: Option<Sealed>,
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

/// Bytes of the tag at the end of what was sealed.
pub const TAG_BYTES: usize = 16;

impl Sealed {
    /// The tag, which tells this record from every other one, and each sealing of it.
    pub fn tag(&self) -> [u8; TAG_BYTES] {
        self.bytes.last_chunk().copied().unwrap_or_default()
    }
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
    /// How many records went because their time was over.
    pub over: u64,
}

/// What a purge answers; the records are gone from the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purged {
    /// Where the namespace stands after it.
    pub head: Head,
    /// How many of the ids named a record.
    pub removed: u64,
}
