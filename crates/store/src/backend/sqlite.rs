//! One SQLite file per namespace: `<2 hex>/<32 hex>.db`, and its write-ahead log beside it.

mod draft;
mod log;
mod look;
mod session;

use std::path::{Path, PathBuf};

use anchorhold_model::{NamespaceId, hex, unhex};
use rusqlite::Connection;

use super::StateRow;
use crate::files::Removed;
use crate::{Error, files, sqlite};
pub(crate) use draft::Draft;
pub(crate) use look::Look;
pub(crate) use session::SqliteSession;

/// The extension of a file that is being made.
const BEGUN: &str = "new";

/// A file that is not longer is read ahead as a whole when it is opened; of a longer one too much is
/// bodies that nobody asks for.
const READ_AHEAD_BYTES_MAX: u64 = 4 * 1_024 * 1_024;

/// What stands in `PRAGMA user_version`: the version of the layout below.
const FORMAT: u32 = 2;

// Keys of `item`. Two tables hold everything, because each costs a page in every namespace.
/// The state. Every other key below [`BODIES`] is the number of a key epoch.
const STATE_KEY: i64 = 0;
/// Bodies of records stand here, each as far behind as its record's sequence. Written in the order
/// of keys, they fill their pages.
const BODIES: i64 = 1 << 32;
// Extracts have negative keys: that of number 1 is -1.

const SCHEMA: &str = "CREATE TABLE record (
         id BLOB NOT NULL PRIMARY KEY,
         sequence INTEGER NOT NULL,
         version INTEGER NOT NULL,
         kind INTEGER NOT NULL,
         key_epoch INTEGER NOT NULL,
         tag BLOB NOT NULL
     ) WITHOUT ROWID, STRICT;
     CREATE TABLE item (
         key INTEGER PRIMARY KEY,
         sequence INTEGER,
         generation INTEGER,
         value BLOB NOT NULL
     ) STRICT;";

/// The directory of all namespace files.
pub(crate) struct Files {
    directory: PathBuf,
}

/// A file that stands in the directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leftover {
    pub(crate) namespace: NamespaceId,
    /// Bytes of its write-ahead log.
    pub(crate) log_bytes: u64,
}

impl Files {
    pub(crate) fn new(directory: &Path) -> Result<Self, Error> {
        files::directory_create(directory)?;
        Ok(Self {
            directory: directory.to_path_buf(),
        })
    }

    fn path(&self, namespace: NamespaceId) -> PathBuf {
        let name = hex(namespace.as_bytes());
        let (shard, _) = name.split_at_checked(2).unwrap_or_default();
        self.directory.join(shard).join(format!("{name}.db"))
    }

    pub(crate) fn create(&self, namespace: NamespaceId, state: &StateRow) -> Result<(), Error> {
        let path = self.path(namespace);
        if let Some(shard) = path.parent().filter(|shard| !shard.is_dir()) {
            files::directory_create(shard)?;
        }
        files::file_remove(&sqlite::log_path(&path))?;
        files::file_remove(&path)?;
        // Made under another name and renamed: a file at its place is always whole, so that a
        // start can tell a first write that came to nothing from a damaged namespace.
        let draft = path.with_extension(BEGUN);
        files::file_remove(&sqlite::log_path(&draft))?;
        files::file_remove(&draft)?;
        let file = files::file_create(&draft)?;
        let connection = sqlite::connect(&draft)?;
        connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; BEGIN;")?;
        connection.execute_batch(SCHEMA)?;
        let session = SqliteSession::new(namespace, connection, sqlite::log_path(&draft));
        session.state_create(state)?;
        session.execute_batch(&format!("PRAGMA user_version = {FORMAT}; COMMIT;"))?;
        session.write_ahead()?;
        drop(session);
        files::file_remove(&sqlite::log_path(&draft))?;
        file.sync_all()?;
        std::fs::rename(&draft, &path)?;
        match path.parent() {
            Some(shard) => files::directory_sync(shard),
            None => Ok(()),
        }
    }

    fn connect(path: &Path) -> Result<Connection, Error> {
        if !path.try_exists()? {
            return Err(Error::Tampered {
                what: "a namespace file is missing",
            });
        }
        let connection = sqlite::connect(path)?;
        connection.execute_batch("PRAGMA wal_autocheckpoint = 0;")?;
        Ok(connection)
    }

    pub(crate) fn open(&self, namespace: NamespaceId) -> Result<SqliteSession, Error> {
        let path = self.path(namespace);
        files::file_read_ahead(&path, READ_AHEAD_BYTES_MAX);
        let connection = Self::connect(&path)?;
        check_format(&connection)?;
        // A header that was changed back to the old journal would hide what the log holds.
        let journal: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        if journal != "wal" {
            return Err(Error::Tampered {
                what: "header of a namespace file",
            });
        }
        Ok(SqliteSession::new(
            namespace,
            connection,
            sqlite::log_path(&path),
        ))
    }

    pub(crate) fn checkpoint(&self, namespace: NamespaceId) -> Result<(), Error> {
        sqlite::checkpoint(&Self::connect(&self.path(namespace))?)
    }

    pub(crate) fn remove(
        &self,
        namespace: NamespaceId,
        removed: &mut Removed,
    ) -> Result<(), Error> {
        let path = self.path(namespace);
        removed.add(&path)?;
        removed.add(&sqlite::log_path(&path))?;
        self.draft_remove(namespace)?;
        if let Some(shard) = path.parent().filter(|shard| shard.is_dir()) {
            files::directory_sync(shard)?;
        }
        Ok(())
    }

    pub(crate) fn file(&self, namespace: NamespaceId) -> Result<std::fs::File, Error> {
        Ok(std::fs::File::open(self.path(namespace))?)
    }

    pub(crate) fn exists(&self, namespace: NamespaceId) -> Result<bool, Error> {
        Ok(self.path(namespace).try_exists()?)
    }

    pub(crate) fn namespaces(&self) -> Result<Vec<NamespaceId>, Error> {
        let mut found = Vec::new();
        for shard in std::fs::read_dir(&self.directory)? {
            let shard = shard?;
            if !shard.file_type()?.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(shard.path())? {
                found.extend(namespace_of(&file?.path()));
            }
        }
        Ok(found)
    }

    pub(crate) fn leftovers(&self) -> Result<Vec<Leftover>, Error> {
        let mut found = Vec::new();
        for shard in std::fs::read_dir(&self.directory)? {
            let shard = shard?;
            if !shard.file_type()?.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(shard.path())? {
                let path = file?.path();
                if draft::is_restored(&path) {
                    draft::put_in_place(&path.with_extension("db"))?;
                    continue;
                }
                let Some(namespace) = namespace_of(&path) else {
                    if is_draft(&path) {
                        files::file_remove(&path)?;
                    }
                    continue;
                };
                let log_bytes = sqlite::log_bytes(&path);
                found.push(Leftover {
                    namespace,
                    log_bytes,
                });
            }
        }
        Ok(found)
    }
}

/// Refuses a file of another format, and one that was never finished.
fn check_format(connection: &Connection) -> Result<(), Error> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        FORMAT => Ok(()),
        // A finished file always says its version: this one was cut or overwritten.
        0 => Err(Error::Tampered {
            what: "a namespace file is empty",
        }),
        found => Err(Error::Format { found }),
    }
}

/// Whether a crash left this of a file that was being made.
fn is_draft(path: &Path) -> bool {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str);
    extension.is_some_and(|extension| extension.starts_with(BEGUN))
}

/// The namespace whose database has this path.
fn namespace_of(path: &Path) -> Option<NamespaceId> {
    let name = path.file_name()?.to_str()?.strip_suffix(".db")?;
    unhex(name).map(NamespaceId::from_bytes)
}
