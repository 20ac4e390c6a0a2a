//! What can go wrong in the store, each with what the caller should do. Holds no name, no content.

/// Why the store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process holds the data directory. Stop it first.
    #[error("the data directory is in use by another process")]
    InUse,
    /// The key does not belong to this data. Bring the right key; nothing was changed.
    #[error("wrong key")]
    WrongKey,
    /// Stored bytes are not what was stored. Restore from a backup; nothing of them was used.
    #[error("tampered: {what}")]
    Tampered {
        /// Which part.
        what: &'static str,
    },
    /// Stored bytes cannot be what they are read as. Restore from a backup.
    #[error("malformed: {what}")]
    Malformed {
        /// Which part.
        what: &'static str,
    },
    /// The data are of another version of the format. Use the program that wrote them.
    #[error("unknown format version {found}")]
    Format {
        /// The version that stands in the data.
        found: u32,
    },
    /// The data directory is initialised already; nothing was changed.
    #[error("the data directory is initialised already")]
    Initialised,
    /// The data directory is not initialised. Initialise it first.
    #[error("the data directory is not initialised")]
    NotInitialised,
    /// Another version of the record is stored. Read it again, then decide.
    #[error("conflict with what is stored")]
    Conflict,
    /// Something of this name exists. Choose another name.
    #[error("exists already")]
    Exists,
    /// One of the two users is linked otherwise. Take that link away first.
    #[error("linked otherwise")]
    Linked,
    /// Nothing such exists.
    #[error("not found")]
    NotFound,
    /// The incarnation was erased, or never came to be. Begin again with a new scope.
    #[error("the namespace was erased since")]
    Void,
    /// The credential was revoked since the request began. Refuse.
    #[error("the credential was revoked since")]
    Revoked,
    /// A write failed so that nothing more is believed of this open file. Try again: it is opened
    /// anew from disk.
    #[error("the namespace must be opened again")]
    Poisoned,
    /// The tenant's texts may not leave the house. Allow it first, or choose another embedder.
    #[error("egress is not allowed")]
    EgressForbidden,
    /// Not possible right now (disk full, too busy); nothing was written. Try again later.
    #[error("unavailable")]
    Unavailable,
    /// The write may or may not have reached the disk. Try again with the same ids.
    #[error("outcome unknown")]
    OutcomeUnknown,
    /// The audit log cannot be written, so nothing may happen. Try again later.
    #[error("the audit log is unavailable")]
    AuditUnavailable,
    /// The request is larger than the store takes.
    #[error("too large: {what}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
    },
    /// What was sent as a backup is none that can be taken back; nothing was changed.
    #[error("the backup {what}")]
    Backup {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The cryptographic library refused.
    #[error("cryptographic library refused")]
    Library,
    /// The operating system refused.
    #[error("input or output failed")]
    Io(#[source] std::io::Error),
    /// SQLite refused.
    #[error("database failed")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<std::io::Error> for Error {
    /// No room is a state that passes, not a failure.
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Unavailable
            }
            _ => Self::Io(error),
        }
    }
}

impl From<rusqlite::Error> for Error {
    /// Bytes that SQLite cannot read are damage, not a failure of SQLite. A full disk is found
    /// when bytes are written, before any of them is synced, and SQLite undoes the transaction.
    /// A file that exists and does not open means that the process has too many open.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{Error as Sqlite, ErrorCode};
        match error {
            Sqlite::InvalidColumnType(..)
            | Sqlite::FromSqlConversionFailure(..)
            | Sqlite::IntegralValueOutOfRange(..) => Self::Tampered {
                what: "database row",
            },
            // Every statement is a constant that fits the schema, so the schema is not ours.
            Sqlite::SqlInputError { .. } => Self::Tampered {
                what: "database schema",
            },
            error => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Tampered {
                    what: "database file",
                },
                Some(ErrorCode::DiskFull | ErrorCode::CannotOpen) => Self::Unavailable,
                Some(ErrorCode::Unknown) => Self::Tampered {
                    what: "database schema",
                },
                _ => Self::Sqlite(error),
            },
        }
    }
}

impl Error {
    /// What a failure to open sealed bytes of `what` means.
    pub(crate) const fn of_sealed(what: &'static str, error: anchorhold_crypto::Error) -> Self {
        match error {
            anchorhold_crypto::Error::WrongKey => Self::WrongKey,
            anchorhold_crypto::Error::Tampered => Self::Tampered { what },
            anchorhold_crypto::Error::Malformed => Self::Malformed { what },
            anchorhold_crypto::Error::Library => Self::Library,
        }
    }
}
