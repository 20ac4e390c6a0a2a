//! What every SQLite file of the data directory has in common.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::{Error, files};

/// Settings of a connection. They hold for the connection, not for the file, except `WAL`.
///
/// IMPORTANT: `locking_mode` must come first, otherwise WAL makes a shared-memory file.
pub(crate) const SETTINGS: &str = "PRAGMA locking_mode = EXCLUSIVE;
     PRAGMA synchronous = FULL;
     PRAGMA secure_delete = ON;
     PRAGMA mmap_size = 0;
     PRAGMA temp_store = MEMORY;
     PRAGMA cell_size_check = ON;";

/// Opens an existing file: no code of the file's own runs, and closing does not checkpoint.
///
/// IMPORTANT: without SQLite's file locks. The lock of the data directory keeps other processes
/// out, and the caller sees to it that a file has one connection at most. With them, SQLite walks
/// a process-wide list of all open files, under one lock, at every open and close: measured with
/// 2,048 open namespaces, that was most of the cost of a reopen.
pub(crate) fn connect(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(path, flags, c"unix-none")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.execute_batch(SETTINGS)?;
    Ok(connection)
}

/// Opens one of the few files that stay open for life, or makes it with this schema.
pub(crate) fn open_shared_file(path: &Path, schema: &str) -> Result<Connection, Error> {
    match files::file_create(path) {
        Ok(_) => {
            if let Some(parent) = path.parent() {
                files::directory_sync(parent)?;
            }
        }
        Err(Error::Exists) => {}
        Err(error) => return Err(error),
    }
    let connection = connect_shared(path)?;
    connection.execute_batch(schema)?;
    Ok(connection)
}

/// Opens such a file that exists.
pub(crate) fn connect_shared(path: &Path) -> Result<Connection, Error> {
    let connection = connect(path)?;
    write_ahead(&connection)?;
    connection.execute_batch("PRAGMA wal_autocheckpoint = 0;")?;
    Ok(connection)
}

/// Gives a database a write-ahead log.
///
/// IMPORTANT: SQLite says which journal there is before it writes the header, and what fails then
/// is told by the step behind the row. So the statement is taken to its end.
pub(crate) fn write_ahead(connection: &Connection) -> Result<(), Error> {
    let mut statement = connection.prepare("PRAGMA journal_mode = WAL")?;
    let mut rows = statement.query([])?;
    let mut is_log = false;
    while let Some(row) = rows.next()? {
        is_log = row.get::<_, String>(0)? == "wal";
    }
    if is_log {
        Ok(())
    } else {
        Err(Error::Io(std::io::Error::other("no write-ahead log")))
    }
}

/// The path of the write-ahead log of a database.
pub(crate) fn log_path(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push("-wal");
    path.into()
}

/// Bytes of the write-ahead log of a database; 0 when there is none.
pub(crate) fn log_bytes(database: &Path) -> u64 {
    std::fs::metadata(log_path(database)).map_or(0, |metadata| metadata.len())
}

/// Moves the write-ahead log into the database and cuts it to nothing; durable when it returns.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), Error> {
    let busy: i64 = connection
        .prepare_cached("PRAGMA wal_checkpoint(TRUNCATE)")?
        .query_row([], |row| row.get(0))?;
    if busy == 0 {
        Ok(())
    } else {
        Err(Error::Unavailable)
    }
}

/// Opens a file to read it as it lies, without its write-ahead log, while nobody changes it.
/// Nothing is written, not even an empty log beside it.
pub(crate) fn connect_still(path: &Path) -> Result<Connection, Error> {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(uri, "%{byte:02x}");
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags_and_vfs(uri, flags, c"unix-none")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.execute_batch("PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;")?;
    Ok(connection)
}

/// Opens a file that no process uses, to look at it: neither it nor its log is changed.
pub(crate) fn look(path: &Path) -> Result<Connection, Error> {
    if !path.try_exists()? {
        return Err(Error::NotFound);
    }
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    match std::fs::metadata(log) {
        // Reading through a log changes neither, and closing does not checkpoint.
        Ok(metadata) if metadata.len() > 0 => connect(path),
        _ => connect_still(path),
    }
}

/// Reads every page and checks how they hang together.
pub(crate) fn is_whole(connection: &Connection) -> Result<bool, Error> {
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok(said == "ok")
}
