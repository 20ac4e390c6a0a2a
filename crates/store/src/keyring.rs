//! `keyring.db`: the wrapped keys of all namespaces. Destroying a row destroys its namespace.
//!
//! INVARIANT: a deleted row leaves no byte of the wrapped key behind, neither in the database
//! (`secure_delete`) nor in its write-ahead log (truncated before [`Keyring::destroy`] returns).

use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use anchorhold_crypto::{NamespaceKey, Wrapped, WrappingKey};
use anchorhold_model::{NamespaceId, Random, Stream};
use rusqlite::{Connection, OptionalExtension as _};

use crate::{Error, sqlite};

const WHAT: &str = "keyring";

/// All wrapped namespace keys.
pub(crate) struct Keyring {
    connection: Mutex<Connection>,
}

impl Keyring {
    /// Opens the keyring, or makes an empty one.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let connection = sqlite::open_shared_file(
            path,
            "CREATE TABLE IF NOT EXISTS wrapped_key (
                 namespace BLOB NOT NULL PRIMARY KEY,
                 wrapped BLOB NOT NULL
             ) WITHOUT ROWID, STRICT;",
        )?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Opens the keyring to look at it; nothing is written.
    pub(crate) fn look(path: &Path) -> Result<Self, Error> {
        let connection = Mutex::new(sqlite::look(path)?);
        let keyring = Self { connection };
        keyring.namespaces()?;
        Ok(keyring)
    }

    /// A keyring without keys, in the place of one that does not open.
    pub(crate) fn empty() -> Result<Self, Error> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch("CREATE TABLE wrapped_key (namespace BLOB, wrapped BLOB);")?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Every namespace that has a key, and whether the file's own structure is whole.
    pub(crate) fn survey(&self) -> Result<(Vec<NamespaceId>, bool), Error> {
        let is_whole = sqlite::is_whole(&*self.lock()?)?;
        Ok((self.namespaces()?, is_whole))
    }

    fn lock(&self) -> Result<MutexGuard<'_, Connection>, Error> {
        self.connection.lock().map_err(|_| Error::Unavailable)
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
        self.lock()?
            .prepare_cached(
                "INSERT OR REPLACE INTO wrapped_key (namespace, wrapped) VALUES (?1, ?2)",
            )?
            .execute((namespace.as_bytes(), wrapped.as_bytes()))?;
        Ok(key)
    }

    /// The key of an incarnation; `None` when there is no row.
    pub(crate) fn unwrap(
        &self,
        namespace: NamespaceId,
        wrapping: &WrappingKey,
    ) -> Result<Option<NamespaceKey>, Error> {
        let stored: Option<Vec<u8>> = self
            .lock()?
            .prepare_cached("SELECT wrapped FROM wrapped_key WHERE namespace = ?1")?
            .query_row([namespace.as_bytes()], |row| row.get(0))
            .optional()?;
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
        let mut connection = self.lock()?;
        let transaction = connection.transaction()?;
        for namespace in namespaces {
            transaction
                .prepare_cached("DELETE FROM wrapped_key WHERE namespace = ?1")?
                .execute([namespace.as_bytes()])?;
        }
        transaction.commit()?;
        sqlite::checkpoint(&connection)
    }

    /// Empties the write-ahead log: at a start after a crash it may hold destroyed keys.
    pub(crate) fn checkpoint(&self) -> Result<(), Error> {
        sqlite::checkpoint(&*self.lock()?)
    }

    /// Every namespace that has a key.
    pub(crate) fn namespaces(&self) -> Result<Vec<NamespaceId>, Error> {
        let connection = self.lock()?;
        let mut statement = connection.prepare("SELECT namespace FROM wrapped_key")?;
        let rows = statement.query_map([], |row| row.get::<_, [u8; 16]>(0))?;
        rows.map(|row| Ok(NamespaceId::from_bytes(row?))).collect()
    }
}
