//! A file that comes to be beside the one it will replace.
//!
//! The commit point is the rename to `.restored`: before it a start removes what was begun, after
//! it a start finishes it. Between the two renames the old write-ahead log is unlinked: left in
//! place, SQLite would lay its pages over the new file.

use std::fs::File;
use std::path::{Path, PathBuf};

use anchorhold_identity::Custody;
use anchorhold_model::NamespaceId;

use super::{Files, SqliteSession, check_format, namespace_of};
use crate::backend::StateRow;
use crate::{Error, files, sqlite};

/// The extension of a file that is being taken in; begins like all that a start removes.
const TAKEN_IN: &str = "new-restore";
/// The extension of a file that is whole and has to be put in place.
const RESTORED: &str = "restored";

/// A file that is being taken in; removed when it is dropped before it was put in place.
pub(crate) struct Draft {
    pub(crate) file: File,
    path: PathBuf,
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Already gone when it was put in place; else the next start removes what stays.
        let _ = files::file_remove(&sqlite::log_path(&self.path));
        let _ = files::file_remove(&self.path);
    }
}

impl Files {
    /// An empty file; one at a time for a namespace.
    pub(crate) fn draft(&self, namespace: NamespaceId) -> Result<Draft, Error> {
        let path = self.path(namespace).with_extension(TAKEN_IN);
        if let Some(shard) = path.parent().filter(|shard| !shard.is_dir()) {
            files::directory_create(shard)?;
        }
        let file = files::file_create(&path).map_err(|error| match error {
            Error::Exists => Error::Unavailable,
            error => error,
        })?;
        Ok(Draft { file, path })
    }

    /// Looks at what was taken in.
    pub(crate) fn look_at_draft(custody: &Custody, draft: &Draft) -> Result<SqliteSession, Error> {
        let connection = sqlite::connect_still(&draft.path)?;
        check_format(&connection)?;
        let log = sqlite::log_path(&draft.path);
        Ok(SqliteSession::new(custody.namespace(), connection, log))
    }

    /// Gives the file its state and puts it in place of what the namespace holds, which nobody has
    /// open. Durable when it returns.
    pub(crate) fn draft_settle(
        &self,
        namespace: NamespaceId,
        draft: Draft,
        state: &StateRow,
    ) -> Result<(), Error> {
        let log = sqlite::log_path(&draft.path);
        let session = SqliteSession::new(namespace, sqlite::connect(&draft.path)?, log.clone());
        session.state_write(state)?;
        session.checkpoint()?;
        drop(session);
        files::file_remove(&log)?;
        draft.file.sync_all()?;
        let path = self.path(namespace);
        std::fs::rename(&draft.path, path.with_extension(RESTORED))?;
        let synced = path.parent().map_or(Ok(()), files::directory_sync);
        // From here on the next open or the next start finishes it, whatever fails now.
        synced
            .and_then(|()| put_in_place(&path))
            .map_err(|_| Error::OutcomeUnknown)
    }

    /// Namespaces whose restore is not finished.
    pub(crate) fn half_restored(&self) -> Result<Vec<NamespaceId>, Error> {
        let mut found = Vec::new();
        for shard in std::fs::read_dir(&self.directory)? {
            let shard = shard?.path();
            if !shard.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(shard)? {
                let path = file?.path();
                if is_restored(&path) {
                    found.extend(namespace_of(&path.with_extension("db")));
                }
            }
        }
        Ok(found)
    }

    /// Finishes a restore whose commit point was reached and that went no further.
    pub(crate) fn draft_finish(&self, namespace: NamespaceId) -> Result<(), Error> {
        let path = self.path(namespace);
        if path.with_extension(RESTORED).try_exists()? {
            put_in_place(&path)?;
        }
        Ok(())
    }

    /// Removes what a restore left of a namespace that is erased.
    pub(super) fn draft_remove(&self, namespace: NamespaceId) -> Result<(), Error> {
        let path = self.path(namespace);
        for extension in [TAKEN_IN, RESTORED] {
            let path = path.with_extension(extension);
            files::file_remove(&sqlite::log_path(&path))?;
            files::file_remove(&path)?;
        }
        Ok(())
    }
}

/// Whether this is a file that is whole and has to be put in place.
pub(super) fn is_restored(path: &Path) -> bool {
    path.extension().is_some_and(|found| found == RESTORED)
}

/// Puts the restored file beside `path` there.
pub(super) fn put_in_place(path: &Path) -> Result<(), Error> {
    let shard = path.parent();
    files::file_remove(&sqlite::log_path(path))?;
    // The log must be gone for good before the new file has its place.
    shard.map_or(Ok(()), files::directory_sync)?;
    std::fs::rename(path.with_extension(RESTORED), path)?;
    shard.map_or(Ok(()), files::directory_sync)
}
