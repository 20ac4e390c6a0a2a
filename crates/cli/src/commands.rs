//! The verbs of the command line, one file each.

pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod completions;
mod custody;
pub(crate) mod demo;
pub(crate) mod edit;
pub(crate) mod erase;
pub(crate) mod eval;
pub(crate) mod export;
pub(crate) mod forget;
pub(crate) mod get;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod key;
pub(crate) mod list;
pub(crate) mod namespace;
pub(crate) mod recall;
pub(crate) mod remember;
pub(crate) mod serve;
pub(crate) mod tenant;
pub(crate) mod verify;
pub(crate) mod whoami;

use std::path::Path;

use crate::exit::Error;

/// Refuses to write over a file that is there.
fn must_be_new(path: &Path) -> Result<(), Error> {
    if path.exists() {
        let message = format!("{} exists; name a new file", path.display());
        return Err(Error::Usage(message));
    }
    Ok(())
}
