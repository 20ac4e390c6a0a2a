//! The statements on one namespace file. Prepared when first used, then cached.

mod extracts;
mod records;

use std::path::PathBuf;

use anchorhold_identity::{Custody, Right, Scope};
use anchorhold_model::NamespaceId;
use rusqlite::{Connection, Row};

use super::{BODIES, STATE_KEY};
use crate::backend::{EpochRow, Head, StateRow};
use crate::{Error, sqlite};

/// One open namespace file.
pub(crate) struct SqliteSession {
    namespace: NamespaceId,
    connection: Connection,
    log: PathBuf,
    #[cfg(test)]
    fault: std::cell::Cell<Option<crate::backend::Fault>>,
}

/// SQLite's integers are signed; sequences and versions stay far below the sign.
fn signed(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::TooLarge { what: "number" })
}

fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, Error> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| Error::Tampered { what: "record" })
}

impl SqliteSession {
    pub(super) fn new(namespace: NamespaceId, connection: Connection, log: PathBuf) -> Self {
        Self {
            namespace,
            connection,
            log,
            #[cfg(test)]
            fault: std::cell::Cell::new(None),
        }
    }

    /// Refuses the scope of another namespace.
    pub(crate) fn check<A: Right>(&self, scope: &Scope<A>) -> Result<(), Error> {
        if scope.namespace() == self.namespace {
            Ok(())
        } else {
            Err(Error::Void)
        }
    }

    /// Refuses the custody of another namespace.
    pub(crate) fn check_custody(&self, custody: &Custody) -> Result<(), Error> {
        if custody.namespace() == self.namespace {
            Ok(())
        } else {
            Err(Error::Void)
        }
    }

    /// Reads every page and checks how they hang together.
    pub(crate) fn is_whole(&self) -> Result<bool, Error> {
        sqlite::is_whole(&self.connection)
    }

    pub(super) fn execute_batch(&self, statements: &str) -> Result<(), Error> {
        Ok(self.connection.execute_batch(statements)?)
    }

    /// From here on the file has a write-ahead log.
    pub(super) fn write_ahead(&self) -> Result<(), Error> {
        sqlite::write_ahead(&self.connection)
    }

    pub(crate) fn execute(&self, statement: &str) -> Result<(), Error> {
        self.connection.prepare_cached(statement)?.execute([])?;
        Ok(())
    }

    pub(crate) fn commit(&self) -> Result<(), Error> {
        #[cfg(test)]
        match self.fault.take() {
            Some(crate::backend::Fault::BeforeCommit) => {
                return Err(std::io::Error::other("lost").into());
            }
            Some(crate::backend::Fault::AfterCommit) => {
                self.execute("COMMIT")?;
                return Err(std::io::Error::other("not told").into());
            }
            Some(crate::backend::Fault::FullDisk) => {
                self.execute("ROLLBACK")?;
                return Err(Error::Unavailable);
            }
            None => {}
        }
        self.execute("COMMIT")
    }

    pub(crate) fn rollback(&self) -> Result<(), Error> {
        // Some failures make SQLite roll back by itself.
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.execute("ROLLBACK")
    }

    #[cfg(test)]
    pub(crate) fn fail_next_commit(&self, fault: crate::backend::Fault) {
        self.fault.set(Some(fault));
    }

    pub(crate) fn meta(&self) -> Result<(StateRow, Vec<EpochRow>), Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, sequence, generation, value FROM item
             WHERE key BETWEEN ?1 AND ?2 ORDER BY key",
        )?;
        let mut rows = statement.query([STATE_KEY, BODIES - 1])?;
        let tampered = || Error::Tampered {
            what: "state of a namespace",
        };
        let mut state = None;
        let mut epochs = Vec::new();
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            let value = row.get_ref(3)?.as_blob().map_err(|_| tampered())?;
            if key == STATE_KEY {
                let head = Head {
                    sequence: unsigned(row, 1)?,
                    generation: unsigned(row, 2)?,
                };
                let sealed = value.to_vec();
                state = Some(StateRow { head, sealed });
            } else {
                epochs.push(EpochRow::from_stored(key, value).ok_or_else(tampered)?);
            }
        }
        Ok((state.ok_or_else(tampered)?, epochs))
    }

    /// The first state of a new file.
    pub(super) fn state_create(&self, state: &StateRow) -> Result<(), Error> {
        self.connection.execute(
            "INSERT INTO item (key, sequence, generation, value) VALUES (?1, ?2, ?3, ?4)",
            (
                STATE_KEY,
                signed(state.head.sequence)?,
                signed(state.head.generation)?,
                &state.sealed,
            ),
        )?;
        Ok(())
    }

    pub(crate) fn state_write(&self, state: &StateRow) -> Result<(), Error> {
        let changed = self
            .connection
            .prepare_cached(
                "UPDATE item SET sequence = ?2, generation = ?3, value = ?4 WHERE key = ?1",
            )?
            .execute((
                STATE_KEY,
                signed(state.head.sequence)?,
                signed(state.head.generation)?,
                &state.sealed,
            ))?;
        one(changed)
    }

    pub(crate) fn epoch_add(&self, epoch: &EpochRow) -> Result<(), Error> {
        self.connection
            .prepare_cached("INSERT INTO item (key, value) VALUES (?1, ?2)")?
            .execute((epoch.number, epoch.value()))?;
        Ok(())
    }

    pub(crate) fn epoch_remove(&self, number: u32) -> Result<(), Error> {
        let changed = self
            .connection
            .prepare_cached("DELETE FROM item WHERE key = ?1")?
            .execute([number])?;
        one(changed)
    }

    pub(crate) fn log_bytes(&self) -> u64 {
        std::fs::metadata(&self.log).map_or(0, |metadata| metadata.len())
    }

    pub(crate) fn checkpoint(&self) -> Result<(), Error> {
        sqlite::checkpoint(&self.connection)
    }
}

/// A statement on exactly one row that found none met a file that is not what it was.
fn one(changed: usize) -> Result<(), Error> {
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Tampered { what: "record" })
    }
}
