//! Directories and files that only the owner may read, durable when they are made or gone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::Error;
use crate::give_back::{AT_ONCE_BYTES_MAX, give_back};

/// Removed files that are held at once: who has thousands of namespaces takes no descriptors from others.
const HELD_MAX: usize = 16;

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

/// Removed files whose blocks are still to be given back; dropping this does that, if they are many on
/// a thread of its own. A sync of another file may wait until it is done, so whoever has one to do
/// does it first.
#[must_use]
#[derive(Default)]
pub(crate) struct Removed {
    held: Vec<File>,
    bytes: u64,
}

impl Removed {
    /// Removes a file, held until the drop if it is large and few are held; an absent one is fine.
    /// The caller syncs the directory.
    pub(crate) fn add(&mut self, path: &Path) -> Result<(), Error> {
        let bytes = std::fs::metadata(path).map_or(0, |about| about.len());
        if bytes > AT_ONCE_BYTES_MAX && self.held.len() < HELD_MAX {
            self.held.extend(File::open(path));
            self.bytes += bytes;
        }
        file_remove(path)
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        give_back(std::mem::take(&mut self.held), self.bytes);
    }
}

/// Removes a file; an absent one is fine. The caller syncs the directory.
pub(crate) fn file_remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
