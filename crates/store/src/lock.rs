//! One process per data directory: an exclusive lock that is held for life.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::Error;

/// Held while the store is open; the operating system lets go of it when the process dies.
pub(crate) struct DirectoryLock {
    // Never read: dropping it is what unlocks.
    _file: File,
}

impl DirectoryLock {
    /// Takes the lock, or says [`Error::InUse`] at once.
    pub(crate) fn acquire(data: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(data.join("lock"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(Error::InUse),
            Err(error) => Err(std::io::Error::from(error).into()),
        }
    }
}
