//! Changing rows: in transactions, each of which also rewrites the sealed digest of all rows.

use anchorhold_crypto::{Lookup, SetDigest};
use anchorhold_model::{Random, Stream, Timestamp};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _};
use zeroize::Zeroizing;

use super::file::LOG_BYTES_MAX;
use super::reader::{Reader, TAMPERED, of_column};
use super::seal::binding;
use super::{Row, RowKeys, SealedRows, Table};
use crate::{Error, sqlite};

/// The table of the one row that holds the digest; not part of the digest itself.
const DIGEST_TABLE: Table = 0;

/// A transaction that runs.
pub(crate) struct Writer<'a> {
    connection: &'a Connection,
    keys: &'a RowKeys,
    random: &'a dyn Random,
    digest: SetDigest,
}

impl Writer<'_> {
    /// Reads that see what this transaction changed.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader {
            connection: self.connection,
            keys: self.keys,
        }
    }

    /// Adds a row. `Error::Exists` when one of its keys is taken.
    pub(crate) fn insert(&mut self, row: &Row) -> Result<(), Error> {
        let sealed = self.sealed(row)?;
        let added = self.put("INSERT INTO", row, &sealed);
        match added {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(Error::Exists);
            }
            added => added?,
        };
        self.digest.add(
            &self.keys.digest,
            &binding(row.table, &row.lookup, row.version),
            &sealed,
        );
        Ok(())
    }

    /// Replaces the row that has the version before. `Error::Conflict` when it has another one.
    pub(crate) fn update(&mut self, row: &Row) -> Result<(), Error> {
        let version = self.forget(row.table, &row.lookup)?;
        if version.checked_add(1) != Some(row.version) {
            return Err(Error::Conflict);
        }
        let sealed = self.sealed(row)?;
        self.put("REPLACE INTO", row, &sealed)?;
        self.digest.add(
            &self.keys.digest,
            &binding(row.table, &row.lookup, row.version),
            &sealed,
        );
        Ok(())
    }

    /// Removes a row for good. `Error::NotFound` when there is none.
    pub(crate) fn delete(&mut self, table: Table, lookup: &Lookup) -> Result<(), Error> {
        self.forget(table, lookup)?;
        self.connection
            .prepare_cached("DELETE FROM row WHERE kind = ?1 AND lookup = ?2")?
            .execute((table, lookup))?;
        Ok(())
    }

    /// Takes a stored row out of the digest; says its version.
    fn forget(&mut self, table: Table, lookup: &Lookup) -> Result<u64, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT version, sealed FROM row WHERE kind = ?1 AND lookup = ?2")?;
        let found = statement
            .query_row((table, lookup), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
            })
            .optional()
            .map_err(of_column)?;
        let (version, sealed) = found.ok_or(Error::NotFound)?;
        let version = version.cast_unsigned();
        self.digest
            .remove(&self.keys.digest, &binding(table, lookup, version), &sealed);
        Ok(version)
    }

    fn sealed(&self, row: &Row) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; 12];
        self.random.fill(Stream(&row.lookup), &mut nonce);
        self.keys.seal(row, nonce)
    }

    fn put(&self, verb: &str, row: &Row, sealed: &[u8]) -> Result<usize, rusqlite::Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "{verb} row (kind, lookup, alias, parent, owner, version, created_at, updated_at, \
             sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        ))?;
        statement.execute((
            row.table,
            &row.lookup,
            &row.alias,
            &row.parent,
            &row.owner,
            row.version.cast_signed(),
            row.created_at.milliseconds(),
            row.updated_at.milliseconds(),
            sealed,
        ))
    }

    /// Rewrites the row of the digest.
    fn put_digest(&self, previous: Option<u64>) -> Result<(), Error> {
        let row = Row {
            table: DIGEST_TABLE,
            lookup: [0; 32],
            alias: None,
            parent: [0; 32],
            owner: None,
            version: previous.map_or(1, |version| version.saturating_add(1)),
            created_at: Timestamp::from_milliseconds(0),
            updated_at: Timestamp::from_milliseconds(0),
            body: Zeroizing::new(self.digest.as_bytes().to_vec()),
        };
        let sealed = self.sealed(&row)?;
        self.put("REPLACE INTO", &row, &sealed)?;
        Ok(())
    }
}

pub(super) fn transact<T>(
    rows: &mut SealedRows,
    work: impl FnOnce(&mut Writer<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    if rows.poisoned || rows.read_only {
        return Err(Error::Poisoned);
    }
    let transaction = rows.connection.transaction()?;
    let mut writer = Writer {
        connection: &transaction,
        keys: &rows.keys,
        random: &*rows.random,
        digest: rows.digest,
    };
    let done = work(&mut writer)?;
    let digest = writer.digest;
    if digest != rows.digest {
        let previous = writer.reader().get(DIGEST_TABLE, &[0; 32])?;
        writer.put_digest(previous.map(|row| row.version))?;
    }
    #[cfg(test)]
    let committed = if std::mem::take(&mut rows.fail_next_commit) {
        transaction
            .rollback()
            .and(Err(rusqlite::Error::InvalidQuery))
    } else {
        transaction.commit()
    };
    #[cfg(not(test))]
    let committed = transaction.commit();
    match committed {
        Ok(()) => {
            rows.digest = digest;
            keep_log_short(rows);
            Ok(done)
        }
        // A full disk is found before anything is synced, and SQLite undoes it: try again later.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            Err(Error::Unavailable)
        }
        // INVARIANT: after a failed sync nobody knows what the disk holds, so no further commit
        // of this handle is ever acknowledged.
        Err(_) => {
            rows.poisoned = true;
            Err(Error::OutcomeUnknown)
        }
    }
}

/// SQLite's own checkpoint after a commit would hide a sync that fails.
fn keep_log_short(rows: &mut SealedRows) {
    if sqlite::log_bytes(&rows.path) > LOG_BYTES_MAX
        && let Err(error) = rows.truncate_log()
    {
        tracing::warn!(%error, "the catalogue's write-ahead log was not cut");
    }
}

/// Writes the digest of no rows, so that a file without a digest is never a true one.
pub(super) fn begin(rows: &mut SealedRows) -> Result<(), Error> {
    let transaction = rows.connection.transaction()?;
    let writer = Writer {
        connection: &transaction,
        keys: &rows.keys,
        random: &*rows.random,
        digest: rows.digest,
    };
    writer.put_digest(None)?;
    transaction.commit()?;
    Ok(())
}

/// Computes the digest of all rows and compares it with the sealed one.
pub(super) fn verify(rows: &SealedRows) -> Result<SetDigest, Error> {
    let mut digest = SetDigest::default();
    {
        let mut statement = rows
            .connection
            .prepare("SELECT kind, lookup, version, sealed FROM row WHERE kind <> ?1")
            .map_err(of_column)?;
        let mut found = statement.query((DIGEST_TABLE,)).map_err(of_column)?;
        while let Some(row) = found.next().map_err(of_column)? {
            let table: Table = row.get(0).map_err(of_column)?;
            let lookup: Lookup = row.get(1).map_err(of_column)?;
            let version: i64 = row.get(2).map_err(of_column)?;
            let sealed = row.get_ref(3).map_err(of_column)?;
            let sealed = sealed.as_blob().map_err(|_| TAMPERED)?;
            let at = binding(table, &lookup, version.cast_unsigned());
            digest.add(&rows.keys.digest, &at, sealed);
        }
    }
    let stored = rows.reader().get(DIGEST_TABLE, &[0; 32])?;
    match stored {
        Some(row) if row.body.as_slice() == digest.as_bytes() => Ok(digest),
        _ => Err(Error::Tampered { what: "catalogue" }),
    }
}
