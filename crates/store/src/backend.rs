//! The lower floor: sealed records of one namespace on disk. Sees no key and no plain byte.
//!
//! The port is [`Backend`] (files) and [`Session`] (one open namespace, one owner at a time).
//! Every function that touches records takes a `Scope` and refuses one of another namespace. To
//! add a backend: a variant in each enum, and the suite in `contract.rs` run over it.

#[cfg(test)]
mod contract;
mod sqlite;

use std::path::Path;

use anchorhold_crypto::SALT_BYTES;
use anchorhold_identity::{Custody, Erase, Read, Scope, Write};
use anchorhold_model::{NamespaceId, RecordId};

use crate::{Error, Sealed};
use sqlite::{Files, SqliteSession};
pub(crate) use sqlite::{Leftover, Look};

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

/// What is stored of a key epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EpochRow {
    pub(crate) number: u32,
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) commitment: [u8; 32],
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

    /// Removes all files of a namespace that nobody has open; durable when it returns.
    pub(crate) fn remove(&self, namespace: NamespaceId) -> Result<(), Error> {
        match self {
            Self::Sqlite(files) => files.remove(namespace),
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

impl Session {
    /// The state and the key epochs.
    pub(crate) fn meta(&self, scope: &Scope<Read>) -> Result<(StateRow, Vec<EpochRow>), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.meta()
    }

    /// One record.
    pub(crate) fn find(&self, scope: &Scope<Read>, id: RecordId) -> Result<Option<Sealed>, Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.find(id)
    }

    /// Every record, in the order of ids.
    pub(crate) fn scan(
        &self,
        scope: &Scope<Read>,
        take: &mut dyn FnMut(Sealed) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.scan(take)
    }

    /// Whether the file's own structure is whole; reads every page.
    pub(crate) fn is_whole(&self, custody: &Custody) -> Result<bool, Error> {
        let Self::Sqlite(session) = self;
        session.check_custody(custody)?;
        session.is_whole()
    }

    /// The state and the key epochs, for a check.
    pub(crate) fn meta_kept(&self, custody: &Custody) -> Result<(StateRow, Vec<EpochRow>), Error> {
        let Self::Sqlite(session) = self;
        session.check_custody(custody)?;
        session.meta()
    }

    /// Every record as it lies, for a check.
    pub(crate) fn scan_kept(
        &self,
        custody: &Custody,
        take: &mut dyn FnMut(Sealed) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check_custody(custody)?;
        session.scan(take)
    }

    /// Begins a write. Nothing of it is seen by anybody before `commit`.
    pub(crate) fn begin(&self) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.execute("BEGIN IMMEDIATE")
    }

    /// Ends a write; durable when it returns. [`Error::Unavailable`] says that the disk is full and
    /// nothing was written; after any other error nothing is known.
    pub(crate) fn commit(&self) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.commit()
    }

    /// Gives a write up.
    pub(crate) fn rollback(&self) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.rollback()
    }

    /// Marks a point inside a write, to which `part_undo` returns.
    pub(crate) fn part_begin(&self) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.execute("SAVEPOINT part")
    }

    /// Keeps what was written since `part_begin`.
    pub(crate) fn part_keep(&self) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.execute("RELEASE part")
    }

    /// Gives up what was written since `part_begin`.
    pub(crate) fn part_undo(&self) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.execute("ROLLBACK TO part")?;
        session.execute("RELEASE part")
    }

    /// Adds a record; `false` when the id is taken.
    pub(crate) fn insert(
        &self,
        scope: &Scope<Write>,
        sequence: u64,
        sealed: &Sealed,
    ) -> Result<bool, Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.insert(sequence, sealed)
    }

    /// Puts a record in the place of the one with its id.
    pub(crate) fn replace(
        &self,
        scope: &Scope<Write>,
        sequence: u64,
        sealed: &Sealed,
    ) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.replace(sequence, sealed)
    }

    /// Puts the same record, sealed again, in its own place.
    pub(crate) fn reseal(&self, scope: &Scope<Write>, sealed: &Sealed) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.reseal(sealed)
    }

    /// Deletes a record for good.
    pub(crate) fn delete(&self, scope: &Scope<Erase>, id: RecordId) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.delete(id)
    }

    /// Writes the state row.
    pub(crate) fn state_write(&self, scope: &Scope<Write>, state: &StateRow) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.state_write(state)
    }

    /// Adds a key epoch.
    pub(crate) fn epoch_add(&self, scope: &Scope<Write>, epoch: &EpochRow) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.epoch_add(epoch)
    }

    /// Removes a key epoch.
    pub(crate) fn epoch_remove(&self, scope: &Scope<Write>, number: u32) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.epoch_remove(number)
    }

    /// Bytes of the write-ahead log.
    pub(crate) fn log_bytes(&self) -> u64 {
        let Self::Sqlite(session) = self;
        session.log_bytes()
    }

    /// Moves the write-ahead log into the database and cuts it to nothing.
    pub(crate) fn checkpoint(&self) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.checkpoint()
    }

    /// Lets the next commit fail, before or after it reached the disk.
    #[cfg(test)]
    pub(crate) fn fail_next_commit(&self, fault: Fault) {
        let Self::Sqlite(session) = self;
        session.fail_next_commit(fault);
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
