//! The SQLite file itself: how it is opened, and its one table.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::reader::{TAMPERED, of_column};
use crate::Error;

/// The version of the layout below.
const FORMAT: u32 = 1;

/// Bytes of write-ahead log after which a commit moves them into the main file.
pub(super) const LOG_BYTES_MAX: u64 = 8 * 1_024 * 1_024;

const SCHEMA: &str = "
    CREATE TABLE row (
        kind INTEGER NOT NULL,
        lookup BLOB NOT NULL,
        alias BLOB,
        parent BLOB NOT NULL,
        owner BLOB,
        version INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (kind, lookup)
    ) WITHOUT ROWID, STRICT;
    CREATE UNIQUE INDEX row_alias ON row (kind, alias) WHERE alias IS NOT NULL;
    CREATE INDEX row_parent ON row (kind, parent);
    CREATE INDEX row_owner ON row (kind, owner) WHERE owner IS NOT NULL;
";

/// Makes the file, readable by its owner alone, with an empty table.
pub(super) fn create(path: &Path) -> Result<Connection, Error> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let mut connection = connect(path)?;
    crate::sqlite::write_ahead(&connection)?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()?;
    if let Some(parent) = path.parent() {
        std::fs::File::open(parent)?.sync_all()?;
    }
    Ok(connection)
}

/// Opens the file as it is.
pub(super) fn open(path: &Path) -> Result<Connection, Error> {
    let connection = connect(path).map_err(of_column)?;
    crate::sqlite::write_ahead(&connection)?;
    check_format(&connection)?;
    Ok(connection)
}

/// Opens the file to look at it: neither it nor its log is changed.
pub(super) fn look(path: &Path) -> Result<Connection, Error> {
    let connection = crate::sqlite::look(path)?;
    check_format(&connection)?;
    Ok(connection)
}

fn check_format(connection: &Connection) -> Result<(), Error> {
    let found: u32 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(of_column)?;
    match found {
        FORMAT => Ok(()),
        0 => Err(TAMPERED),
        found => Err(Error::Format { found }),
    }
}

fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // Exclusive before the first read, so that no shared-memory file is ever made.
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON;
         PRAGMA mmap_size = 0;
         PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF;
         PRAGMA wal_autocheckpoint = 0;",
    )?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Moves the write-ahead log into the main file and cuts it to nothing.
pub(super) fn truncate_log(connection: &Connection) -> Result<(), Error> {
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 {
        Ok(())
    } else {
        Err(Error::Unavailable)
    }
}
