//! Looking at a namespace file without changing a byte of it or beside it.

use anchorhold_model::NamespaceId;

use super::{Files, SqliteSession, check_format};
use crate::{Error, sqlite};

/// How a file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// The database alone: whoever looks has emptied the log and holds off checkpoints, so that
    /// the file stands still while writes go on into the log.
    Held,
    /// The database with its log: no process uses it.
    Idle,
}

impl Files {
    pub(crate) fn look(&self, namespace: NamespaceId, look: Look) -> Result<SqliteSession, Error> {
        let path = self.path(namespace);
        let has_log = sqlite::log_bytes(&path) > 0;
        if !path.try_exists()? {
            return Err(Error::Tampered {
                what: "a namespace file is missing",
            });
        }
        if look == Look::Idle && has_log {
            // Reading through a log changes neither file; closing does not checkpoint.
            return self.open(namespace);
        }
        let connection = sqlite::connect_still(&path)?;
        check_format(&connection)?;
        check_journal(&path)?;
        Ok(SqliteSession::new(
            namespace,
            connection,
            sqlite::log_path(&path),
        ))
    }
}

/// The header must say that there is a log; one that was changed back would hide what is in it.
fn check_journal(path: &std::path::Path) -> Result<(), Error> {
    use std::io::Read as _;
    let mut header = [0; 20];
    std::fs::File::open(path)?.read_exact(&mut header)?;
    match header {
        [.., 2, 2] => Ok(()),
        _ => Err(Error::Tampered {
            what: "header of a namespace file",
        }),
    }
}
