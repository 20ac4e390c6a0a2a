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
pub(crate) mod hmac_key;
pub(crate) mod identity;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod invite;
pub(crate) mod jwt_issuer;
pub(crate) mod key;
pub(crate) mod list;
pub(crate) mod mcp;
pub(crate) mod namespace;
pub(crate) mod quarantine;
pub(crate) mod recall;
pub(crate) mod remember;
pub(crate) mod serve;
pub(crate) mod session;
pub(crate) mod tenant;
pub(crate) mod user;
pub(crate) mod verify;
pub(crate) mod whoami;

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::exit::Error;

/// Asks whoever sits there before something is done that nothing undoes. A script says `--yes`.
fn confirm(what: &str) -> Result<(), Error> {
    if !io::stdin().is_terminal() {
        let message = format!("{what}; nobody is here to confirm it, so pass --yes");
        return Err(Error::Usage(message));
    }
    let mut stderr = io::stderr().lock();
    write!(stderr, "{what}. Type yes: ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    match answer.trim() {
        "yes" => Ok(()),
        _ => Err(Error::Failed("nothing was changed".to_owned())),
    }
}

/// Refuses to write over a file that is there.
fn must_be_new(path: &Path) -> Result<(), Error> {
    if path.exists() {
        let message = format!("{} exists; name a new file", path.display());
        return Err(Error::Usage(message));
    }
    Ok(())
}

/// Makes a file that nobody else can read. What stands there under its name, left by a crash or put
/// there by somebody, a link too, is unlinked and not written to.
fn private_file(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}
