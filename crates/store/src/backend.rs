//! The lower floor: sealed records of one namespace on disk. Sees no key and no plain byte.
//!
//! The port is [`Backend`] (files) and [`Session`] (one open namespace, one owner at a time).
//! Every function that touches records takes a `Scope` and refuses one of another namespace. To
//! add a backend: a variant in each enum, and the suite in `contract.rs` run over it.

#[cfg(test)]
mod contract;
mod session;
mod sqlite;

use std::path::Path;

use anchorhold_crypto::SALT_BYTES;
use anchorhold_identity::{Custody, Read, Scope};
use anchorhold_model::{NamespaceId, RecordId};

use crate::files::Removed;
use crate::{Error, Kind, Sealed, TAG_BYTES};
pub(crate) use sqlite::{Draft, Leftover, Look};
use sqlite::{Files, SqliteSession};

/// Where namespaces are kept.
pub(crate) enum Backend {
    Sqlite(Files),
}

/// One open namespace. A write happens between `begin` and `commit`.
pub(crate) enum Session {
    Sqlite(SqliteSession),
}

/// Where a namespace stands: two heads are equal exactly when its records are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Rises with every record that is written.
    pub sequence: u64,
    /// Rises when records were physically removed or sealed again: reload, do not catch up.
    pub generation: u64,
}

/// The head in clear, and the sealed state that must agree with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StateRow {
    pub(crate) head: Head,
    pub(crate) sealed: Vec<u8>,
}

/// What stands about a record beside its body. The digest of the namespace vouches for all of it
/// but the sequence, which says where the body is: another one leads to a body that does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordRow {
    pub(crate) id: RecordId,
    pub(crate) sequence: u64,
    pub(crate) version: u64,
    pub(crate) kind: Kind,
    pub(crate) key_epoch: u32,
    pub(crate) tag: [u8; TAG_BYTES],
}

impl RecordRow {
    /// The row of a sealed record.
    pub(crate) fn of(sealed: &Sealed, sequence: u64) -> Self {
        Self {
            id: sealed.id,
            sequence,
            version: sealed.version,
            kind: sealed.kind,
            key_epoch: sealed.key_epoch,
            tag: sealed.tag(),
        }
    }
}

/// An extract: the summaries of a span of records, sealed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExtractRow {
    /// 1 for the first span.
    pub(crate) number: u64,
    pub(crate) sealed: Vec<u8>,
}

/// What is stored of a key epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EpochRow {
    pub(crate) number: u32,
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) commitment: [u8; 32],
}

impl EpochRow {
    /// Takes what stands in the file; `None` for what no epoch is.
    pub(crate) fn from_stored(number: i64, value: &[u8]) -> Option<Self> {
        let (salt, commitment) = value.split_first_chunk::<SALT_BYTES>()?;
        Some(Self {
            number: u32::try_from(number).ok()?,
            salt: *salt,
            commitment: commitment.try_into().ok()?,
        })
    }

    /// What stands in the file beside the number.
    pub(crate) fn value(&self) -> Vec<u8> {
        [self.salt, self.commitment].concat()
    }
}

impl Backend {
    /// Namespaces as files below this directory.
    pub(crate) fn sqlite(directory: &Path) -> Result<Self, Error> {
        Files::new(directory).map(Self::Sqlite)
    }

    /// Makes the file of an incarnation with its first state; durable when it returns. A file
    /// that stands there is the rest of a first write that came to nothing.
    pub(crate) fn create(&self, namespace: NamespaceId, state: &StateRow) -> Result<(), Error> {
        match self {
            Self::Sqlite(files) => files.create(namespace, state),
        }
    }

    /// Opens a namespace that exists; a missing file is tampering, never an empty namespace.
    pub(crate) fn open(&self, scope: &Scope<Read>) -> Result<Session, Error> {
        match self {
            Self::Sqlite(files) => files.open(scope.namespace()).map(Session::Sqlite),
        }
    }

    /// The last state of a namespace that nobody has open and that is being erased.
    pub(crate) fn state_of_closed(&self, namespace: NamespaceId) -> Result<StateRow, Error> {
        match self {
            Self::Sqlite(files) => files.open(namespace)?.meta().map(|(state, _)| state),
        }
    }

    /// Opens a namespace to look at its sealed bytes; writes nothing.
    pub(crate) fn look(&self, custody: &Custody, look: Look) -> Result<Session, Error> {
        match self {
            Self::Sqlite(files) => files.look(custody.namespace(), look).map(Session::Sqlite),
        }
    }

    /// Whether the write-ahead log of a namespace that nobody has open was cut short: committed
    /// writes stand in it behind bytes that were changed.
    pub(crate) fn is_log_damaged(&self, custody: &Custody) -> Result<bool, Error> {
        match self {
            Self::Sqlite(files) => files.is_log_damaged(custody.namespace()),
        }
    }

    /// The database file of a namespace, to read it as it lies.
    pub(crate) fn file(&self, custody: &Custody) -> Result<std::fs::File, Error> {
        match self {
            Self::Sqlite(files) => files.file(custody.namespace()),
        }
    }

    /// An empty file beside that of a namespace.
    pub(crate) fn draft(&self, custody: &Custody) -> Result<Draft, Error> {
        match self {
            Self::Sqlite(files) => files.draft(custody.namespace()),
        }
    }

    /// Opens a draft to look at it; writes nothing.
    pub(crate) fn look_at_draft(&self, custody: &Custody, draft: &Draft) -> Result<Session, Error> {
        match self {
            Self::Sqlite(_) => Files::look_at_draft(custody, draft).map(Session::Sqlite),
        }
    }

    /// Gives a draft its state, and puts it in place of a file that nobody has open.
    pub(crate) fn draft_settle(
        &self,
        custody: &Custody,
        draft: Draft,
        state: &StateRow,
    ) -> Result<(), Error> {
        match self {
            Self::Sqlite(files) => files.draft_settle(custody.namespace(), draft, state),
        }
    }

    /// Namespaces with a draft that was settled and did not get into place.
    pub(crate) fn half_restored(&self) -> Result<Vec<NamespaceId>, Error> {
        match self {
            Self::Sqlite(files) => files.half_restored(),
        }
    }

    /// Puts a draft in place that was settled and did not get there.
    pub(crate) fn draft_finish(&self, namespace: NamespaceId) -> Result<(), Error> {
        match self {
            Self::Sqlite(files) => files.draft_finish(namespace),
        }
    }

    /// Whether the namespace has a file.
    pub(crate) fn exists(&self, namespace: NamespaceId) -> Result<bool, Error> {
        match self {
            Self::Sqlite(files) => files.exists(namespace),
        }
    }

    /// Empties the write-ahead log of a namespace that nobody has open.
    pub(crate) fn checkpoint(&self, namespace: NamespaceId) -> Result<(), Error> {
        match self {
            Self::Sqlite(files) => files.checkpoint(namespace),
        }
    }

    /// Removes all files of a namespace that nobody has open; durable when it returns. What is left to
    /// give back is added to `removed`.
    pub(crate) fn remove(
        &self,
        namespace: NamespaceId,
        removed: &mut Removed,
    ) -> Result<(), Error> {
        match self {
            Self::Sqlite(files) => files.remove(namespace, removed),
        }
    }

    /// Every namespace that left a file. Removes what a crash left of files that were being made.
    pub(crate) fn leftovers(&self) -> Result<Vec<Leftover>, Error> {
        match self {
            Self::Sqlite(files) => files.leftovers(),
        }
    }

    /// Every namespace that has a file; changes nothing.
    pub(crate) fn namespaces(&self) -> Result<Vec<NamespaceId>, Error> {
        match self {
            Self::Sqlite(files) => files.namespaces(),
        }
    }
}

/// A failure that a test asks for.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The commit is lost.
    BeforeCommit,
    /// The commit is durable, but nobody is told.
    AfterCommit,
    /// The disk has no room, which is found before anything is synced.
    FullDisk,
}
