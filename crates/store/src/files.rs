//! Directories and files that only the owner may read, durable when they are made or gone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::Error;
use crate::give_back::AT_ONCE_BYTES_MAX;

/// Makes a directory (mode 0700) with its parents; an existing one is fine.
pub(crate) fn directory_create(path: &Path) -> Result<(), Error> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    if let Some(parent) = path.parent().filter(|parent| parent.is_dir()) {
        directory_sync(parent)?;
    }
    Ok(())
}

/// Makes what was created, renamed or unlinked in a directory durable.
pub(crate) fn directory_sync(path: &Path) -> Result<(), Error> {
    File::open(path)?.sync_all()?;
    Ok(())
}

/// Makes an empty file (mode 0600), or says that it exists.
pub(crate) fn file_create(path: &Path) -> Result<File, Error> {
    let opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    opened.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::Exists,
        _ => error.into(),
    })
}

/// Makes a file with these bytes by writing beside it and renaming: whole or not at all.
pub(crate) fn file_write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let beside = path.with_extension("new");
    file_remove(&beside)?;
    let mut file = file_create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    match path.parent() {
        Some(parent) => directory_sync(parent),
        None => Ok(()),
    }
}

/// Asks the system for a whole file in a few long reads, before it is read page by page. Advice: what
/// cannot be had is read later, where it is told.
pub(crate) fn file_read_ahead(path: &Path, bytes_max: u64) {
    let Ok(file) = File::open(path) else { return };
    if file.metadata().is_ok_and(|about| about.len() <= bytes_max) {
        let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::WillNeed);
    }
}

/// A hold of a file that is about to be removed, if it is large, with its length: its bytes are given
/// back with the last hold, and whoever removes it need not wait for that.
pub(crate) fn file_hold(path: &Path) -> (Option<File>, u64) {
    let bytes = std::fs::metadata(path).map_or(0, |about| about.len());
    let held = (bytes > AT_ONCE_BYTES_MAX).then(|| File::open(path).ok());
    (held.flatten(), bytes)
}

/// Removes a file; an absent one is fine. The caller syncs the directory.
pub(crate) fn file_remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
