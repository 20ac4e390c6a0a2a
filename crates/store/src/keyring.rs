//! `keyring.db`: the wrapped keys of all namespaces. Destroying a row destroys its namespace.
//!
//! INVARIANT: a deleted row leaves no byte of the wrapped key behind, neither in the database
//! (`secure_delete`) nor in its write-ahead log (truncated before [`Keyring::destroy`] returns).
//!
//! INVARIANT: a connection that failed to write is closed, and what it may have left in the
//! write-ahead log is written again by the next one before anything else is.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use anchorhold_crypto::{NamespaceKey, Wrapped, WrappingKey};
use anchorhold_model::{NamespaceId, Random, Stream};
use rusqlite::{Connection, OptionalExtension as _};

use crate::{Error, sqlite};

const WHAT: &str = "keyring";

/// Bytes of write-ahead log after which a change moves them into the main file.
const LOG_BYTES_MAX: u64 = 1_024 * 1_024;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS wrapped_key (
    namespace BLOB NOT NULL PRIMARY KEY,
    wrapped BLOB NOT NULL
) WITHOUT ROWID, STRICT;";

/// All wrapped namespace keys.
pub(crate) struct Keyring {
    path: PathBuf,
    file: Mutex<File>,
}

/// The file, as far as it is open.
struct File {
    connection: Option<Connection>,
    /// A write failed since: it is not known what of it is on the disk.
    is_suspect: bool,
}

impl Keyring {
    /// Opens the keyring, or makes an empty one.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self::over(path, sqlite::open_shared_file(path, SCHEMA)?))
    }

    fn over(path: &Path, connection: Connection) -> Self {
        Self {
            path: path.to_path_buf(),
            file: Mutex::new(File {
                connection: Some(connection),
                is_suspect: false,
            }),
        }
    }

    /// Opens the keyring to look at it; nothing is written.
    pub(crate) fn look(path: &Path) -> Result<Self, Error> {
        let keyring = Self::over(path, sqlite::look(path)?);
        keyring.namespaces()?;
        Ok(keyring)
    }

    /// A keyring without keys, in the place of one that does not open.
    pub(crate) fn empty() -> Result<Self, Error> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch("CREATE TABLE wrapped_key (namespace BLOB, wrapped BLOB);")?;
        Ok(Self::over(Path::new(""), connection))
    }

    /// Every namespace that has a key, and whether the file's own structure is whole.
    pub(crate) fn survey(&self) -> Result<(Vec<NamespaceId>, bool), Error> {
        let is_whole = self.read(sqlite::is_whole)?;
        Ok((self.namespaces()?, is_whole))
    }

    fn lock(&self) -> Result<MutexGuard<'_, File>, Error> {
        self.file.lock().map_err(|_| Error::Unavailable)
    }

    fn read<T>(&self, run: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        run(self.lock()?.opened(&self.path)?)
    }

    /// Runs a change. When it fails, the connection is closed and not believed any more.
    fn write<T>(&self, run: impl FnOnce(&mut Connection) -> Result<T, Error>) -> Result<T, Error> {
        let mut file = self.lock()?;
        if file.is_suspect {
            // What a failed sync left in the page cache may not be on the disk: write it again.
            file.connection = None;
            sqlite::checkpoint(file.opened(&self.path)?)?;
            file.is_suspect = false;
        }
        let mut done = run(file.opened(&self.path)?);
        // SQLite's own checkpoint after a commit would hide a sync that fails.
        if done.is_ok() && sqlite::log_bytes(&self.path) > LOG_BYTES_MAX {
            match sqlite::checkpoint(file.opened(&self.path)?) {
                Ok(()) | Err(Error::Unavailable) => {}
                Err(error) => done = Err(error),
            }
        }
        if done.is_err() {
            file.connection = None;
            file.is_suspect = true;
        }
        done
    }

    /// Makes the key of a new incarnation; durable when it returns.
    pub(crate) fn create(
        &self,
        namespace: NamespaceId,
        wrapping: &WrappingKey,
        random: &dyn Random,
    ) -> Result<NamespaceKey, Error> {
        let stream = Stream(namespace.as_bytes());
        let key = NamespaceKey::generate(random, stream);
        let wrapped = wrapping
            .wrap_namespace(&key, namespace.as_bytes(), random, stream)
            .map_err(|error| Error::of_sealed(WHAT, error))?;
        // A row can stand here already only when an earlier first write came to nothing.
        self.write(|connection| {
            let mut statement = connection.prepare_cached(
                "INSERT OR REPLACE INTO wrapped_key (namespace, wrapped) VALUES (?1, ?2)",
            )?;
            Ok(statement.execute((namespace.as_bytes(), wrapped.as_bytes()))?)
        })?;
        Ok(key)
    }

    /// The key of an incarnation; `None` when there is no row.
    pub(crate) fn unwrap(
        &self,
        namespace: NamespaceId,
        wrapping: &WrappingKey,
    ) -> Result<Option<NamespaceKey>, Error> {
        let stored: Option<Vec<u8>> = self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT wrapped FROM wrapped_key WHERE namespace = ?1")?;
            let found = statement.query_row([namespace.as_bytes()], |row| row.get(0));
            Ok(found.optional()?)
        })?;
        let Some(stored) = stored else {
            return Ok(None);
        };
        let wrapped =
            Wrapped::from_stored(&stored).map_err(|error| Error::of_sealed(WHAT, error))?;
        let key = wrapping.unwrap_namespace(&wrapped, namespace.as_bytes());
        key.map(Some).map_err(|error| match error {
            // The wrapping key itself was opened under the KEK, so it is the row that is wrong.
            anchorhold_crypto::Error::WrongKey => Error::Tampered { what: WHAT },
            error => Error::of_sealed(WHAT, error),
        })
    }

    /// Deletes keys for good; durable, and gone from the write-ahead log, when it returns.
    pub(crate) fn destroy(&self, namespaces: &[NamespaceId]) -> Result<(), Error> {
        self.write(|connection| {
            let transaction = connection.transaction()?;
            for namespace in namespaces {
                transaction
                    .prepare_cached("DELETE FROM wrapped_key WHERE namespace = ?1")?
                    .execute([namespace.as_bytes()])?;
            }
            transaction.commit()?;
            sqlite::checkpoint(connection)
        })
    }

    /// Empties the write-ahead log: at a start after a crash it may hold destroyed keys.
    pub(crate) fn checkpoint(&self) -> Result<(), Error> {
        self.write(|connection| sqlite::checkpoint(connection))
    }

    /// Every namespace that has a key.
    pub(crate) fn namespaces(&self) -> Result<Vec<NamespaceId>, Error> {
        self.read(|connection| {
            let mut statement = connection.prepare("SELECT namespace FROM wrapped_key")?;
            let rows = statement.query_map([], |row| row.get::<_, [u8; 16]>(0))?;
            rows.map(|row| Ok(NamespaceId::from_bytes(row?))).collect()
        })
    }
}

impl File {
    fn opened(&mut self, path: &Path) -> Result<&mut Connection, Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => sqlite::connect_shared(path)?,
        };
        Ok(self.connection.insert(connection))
    }
}
