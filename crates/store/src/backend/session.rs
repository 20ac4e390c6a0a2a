//! One open namespace, whatever keeps it: every step checks that the scope is of that namespace.

use anchorhold_identity::{Custody, Erase, Read, Scope, Write};
use anchorhold_model::RecordId;

#[cfg(test)]
use super::Fault;
use super::{EpochRow, ExtractRow, RecordRow, Session, StateRow};
use crate::{Error, Sealed};

impl Session {
    /// The state and the key epochs.
    pub(crate) fn meta(&self, scope: &Scope<Read>) -> Result<(StateRow, Vec<EpochRow>), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.meta()
    }

    /// The row of a record.
    pub(crate) fn row(
        &self,
        scope: &Scope<Read>,
        id: RecordId,
    ) -> Result<Option<RecordRow>, Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.row(id)
    }

    /// Every row, in the order of ids.
    pub(crate) fn rows(&self, scope: &Scope<Read>) -> Result<Vec<RecordRow>, Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.rows()
    }

    /// The record of a row.
    pub(crate) fn body(&self, scope: &Scope<Read>, row: &RecordRow) -> Result<Sealed, Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.body(row)
    }

    /// The live records that were written from one sequence to another, in their order.
    pub(crate) fn span(
        &self,
        scope: &Scope<Read>,
        first: u64,
        last: u64,
    ) -> Result<Vec<RecordRow>, Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.span(first, last)
    }

    /// Every extract, in the order of numbers.
    pub(crate) fn extracts(&self, scope: &Scope<Read>) -> Result<Vec<ExtractRow>, Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.extracts()
    }

    /// One extract.
    pub(crate) fn extract(
        &self,
        scope: &Scope<Read>,
        number: u64,
    ) -> Result<Option<ExtractRow>, Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.extract(number)
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

    /// Every row as it lies, for a check.
    pub(crate) fn rows_kept(&self, custody: &Custody) -> Result<Vec<RecordRow>, Error> {
        let Self::Sqlite(session) = self;
        session.check_custody(custody)?;
        session.rows()
    }

    /// The record of a row as it lies, for a check.
    pub(crate) fn body_kept(&self, custody: &Custody, row: &RecordRow) -> Result<Sealed, Error> {
        let Self::Sqlite(session) = self;
        session.check_custody(custody)?;
        session.body(row)
    }

    /// Every extract as it lies, for a check.
    pub(crate) fn extracts_kept(&self, custody: &Custody) -> Result<Vec<ExtractRow>, Error> {
        let Self::Sqlite(session) = self;
        session.check_custody(custody)?;
        session.extracts()
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

    /// Puts a record in the place of the one with this row.
    pub(crate) fn replace(
        &self,
        scope: &Scope<Write>,
        before: &RecordRow,
        sequence: u64,
        sealed: &Sealed,
    ) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.replace(before, sequence, sealed)
    }

    /// Puts the same record, sealed again, in its own place.
    pub(crate) fn reseal(
        &self,
        scope: &Scope<Write>,
        before: &RecordRow,
        sealed: &Sealed,
    ) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.replace(before, before.sequence, sealed)
    }

    /// Deletes a record for good.
    pub(crate) fn delete(&self, scope: &Scope<Erase>, row: &RecordRow) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.delete(row)
    }

    /// The same for a record whose time is over, with the write that finds it so.
    pub(crate) fn put_away(&self, scope: &Scope<Write>, row: &RecordRow) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.delete(row)
    }

    /// Puts an extract in the place of the one with its number, if there is one.
    pub(crate) fn extract_write(
        &self,
        scope: &Scope<Write>,
        extract: &ExtractRow,
    ) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.extract_write(extract)
    }

    /// Deletes an extract for good.
    pub(crate) fn extract_remove(&self, scope: &Scope<Write>, number: u64) -> Result<(), Error> {
        let Self::Sqlite(session) = self;
        session.check(scope)?;
        session.extract_remove(number)
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
