//! Why Anchorhold does not open inside an application, each with what to do about it.

use std::io;
use std::path::PathBuf;

/// Why it did not open.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What lies in the data directory cannot be opened. The inner error says what to do.
    #[error("{}: {error}", .data.display())]
    Store {
        /// The data directory.
        data: PathBuf,
        /// What the store says.
        error: anchorhold_store::Error,
    },
    /// A setting is wrong. Mend it.
    #[error("{0}")]
    Configuration(String),
    /// The program is not what was built. Install it again.
    #[error("this program is damaged: {0}")]
    Damaged(String),
    /// One is open in this process already. Share its service, which can be cloned, or drop it first.
    #[error("Anchorhold is open in this process already; share its service, or drop it first")]
    Taken,
    /// Somebody has revoked the credential of the application. Find out why; then open it with
    /// [`Settings::renews_key`](crate::Settings::renews_key).
    #[error(
        "the credential of the application was revoked, so nobody is let in; set `renews_key` to \
         make it anew"
    )]
    Revoked,
    /// What was to be set up could not be.
    #[error(transparent)]
    Engine(#[from] anchorhold_memory::Error),
    /// The directory was made just now and could not be set up, and nobody has its operator key. Remove it and
    /// begin again.
    #[error("{error}; remove {} and begin again", .data.display())]
    FirstStart {
        /// The data directory.
        data: PathBuf,
        /// What was wrong.
        error: Box<Error>,
    },
    /// The operating system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Error {
    pub(crate) fn of_store(error: anchorhold_store::Error, data: &std::path::Path) -> Self {
        Self::Store {
            data: data.into(),
            error,
        }
    }
}
