//! One SQLite file of sealed rows: what a row says is opened with a key and bound to all its clear
//! columns, so a thief of the file can neither read, change, move nor swap anything in it.
//!
//! A sealed digest of all rows stands in a row of its own and is rewritten by every transaction, so
//! a row that was removed or put back from an older copy of the file is found when it is opened.

mod file;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod reader;
mod seal;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anchorhold_crypto::{DigestKey, InstallKey, Label, Lookup, SealKey, SetDigest};
use anchorhold_model::{Random, Timestamp};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use zeroize::Zeroizing;

use crate::Error;
pub(crate) use reader::Reader;
pub(crate) use seal::RowKeys;
pub(crate) use writer::Writer;

/// The number of a table of nouns; part of what a row is bound to.
pub(crate) type Table = u8;

/// One row, opened.
#[derive(Clone)]
pub(crate) struct Row {
    /// Which table it belongs to.
    pub(crate) table: Table,
    /// Its primary key: a MAC of what it is found by.
    pub(crate) lookup: Lookup,
    /// A second unique key.
    pub(crate) alias: Option<Lookup>,
    /// What it is listed under.
    pub(crate) parent: Lookup,
    /// What else it is listed under.
    pub(crate) owner: Option<Lookup>,
    /// 1 for a new row; rises with every change.
    pub(crate) version: u64,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it was changed.
    pub(crate) updated_at: Timestamp,
    /// What it says.
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// The open file. One owner, one connection, exclusive: nothing else reads or writes it.
pub(crate) struct SealedRows {
    path: PathBuf,
    connection: Connection,
    keys: RowKeys,
    digest: SetDigest,
    random: Arc<dyn Random>,
    /// A commit failed: reads go on, and nothing is written until `mend`.
    poisoned: bool,
    /// It was opened to be looked at.
    read_only: bool,
    /// The next commit is lost, and nobody knows whether it is.
    #[cfg(test)]
    pub(crate) fail_next_commit: bool,
}

impl SealedRows {
    /// Makes the file, with no rows yet.
    pub(crate) fn create(
        path: &Path,
        install: &InstallKey,
        random: Arc<dyn Random>,
    ) -> Result<Self, Error> {
        let mut rows = Self::over(path, file::create(path)?, install, random);
        writer::begin(&mut rows)?;
        Ok(rows)
    }

    /// Opens the file and checks the digest over all its rows.
    pub(crate) fn open(
        path: &Path,
        install: &InstallKey,
        random: Arc<dyn Random>,
    ) -> Result<Self, Error> {
        let mut rows = Self::over(path, file::open(path)?, install, random);
        rows.digest = writer::verify(&rows)?;
        Ok(rows)
    }

    /// Opens the file to look at it as it is. It takes no transaction.
    pub(crate) fn look(
        path: &Path,
        install: &InstallKey,
        random: Arc<dyn Random>,
    ) -> Result<Self, Error> {
        let mut rows = Self::over(path, file::look(path)?, install, random);
        rows.read_only = true;
        Ok(rows)
    }

    /// Whether the file's own structure is whole; reads every page.
    pub(crate) fn is_whole(&self) -> Result<bool, Error> {
        crate::sqlite::is_whole(&self.connection)
    }

    /// Compares all rows with the sealed digest.
    pub(crate) fn check_digest(&self) -> Result<(), Error> {
        writer::verify(self).map(drop)
    }

    fn over(
        path: &Path,
        connection: Connection,
        install: &InstallKey,
        random: Arc<dyn Random>,
    ) -> Self {
        let keys = RowKeys {
            seal: SealKey::new(&install.derive(Label::Catalogue)),
            digest: DigestKey::new(install.derive(Label::Digest)),
        };
        Self {
            path: path.to_path_buf(),
            connection,
            keys,
            digest: SetDigest::default(),
            random,
            poisoned: false,
            read_only: false,
            #[cfg(test)]
            fail_next_commit: false,
        }
    }

    /// Whether a commit failed since the file was opened.
    pub(crate) const fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    /// After a failed commit: opens the file anew, writes what its log holds into it (the system
    /// may hold pages for clean that never reached the disk), and reads what is true now. What
    /// anybody learned from the rows before may be older.
    pub(crate) fn mend(&mut self) -> Result<(), Error> {
        // The file takes one connection at a time: the old one is closed first, and brings
        // nothing into the main file that it failed to sync.
        let without = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        self.connection.set_db_config(without, true)?;
        self.connection = Connection::open_in_memory()?;
        self.connection = file::open(&self.path)?;
        self.truncate_log()?;
        self.digest = writer::verify(self)?;
        self.poisoned = false;
        Ok(())
    }

    /// Reads.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader {
            connection: &self.connection,
            keys: &self.keys,
        }
    }

    /// Runs `work` in one transaction: durable when it returns `Ok`, undone when it fails.
    pub(crate) fn transact<T>(
        &mut self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        writer::transact(self, work)
    }

    /// Brings everything into the main file and empties the write-ahead log, so that what was
    /// deleted is in neither. After a failed sync nothing is acknowledged until `mend`.
    pub(crate) fn truncate_log(&mut self) -> Result<(), Error> {
        let done = file::truncate_log(&self.connection);
        self.poisoned |= !matches!(done, Ok(()) | Err(Error::Unavailable));
        done
    }
}
