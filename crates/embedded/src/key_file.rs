//! A key file: private, durable before anything depends on it, and outside the data directory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

use anchorhold_crypto::{Kek, Secret};
use anchorhold_model::{hex, unhex};
use zeroize::Zeroizing;

use crate::Error;

/// A key file holds 64 digits and a line end; more is something else.
const FILE_BYTES_MAX: u64 = 1_024;

/// 64 hexadecimal digits of either case.
pub fn parse(digits: &str) -> Option<Kek> {
    let digits = Zeroizing::new(digits.trim().to_ascii_lowercase());
    unhex(&digits).map(|bytes| Kek::new(Secret::new(bytes)))
}

/// Whether something lies there.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Writes a new key file: complete and durable under its name, or not there at all.
pub fn make(path: &Path, kek: &Kek) -> Result<(), Error> {
    let problem = |error| failed("cannot make the key file", path, &error);
    let directory = parent(path);
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&directory)
        .map_err(problem)?;
    let text = Zeroizing::new(format!("{}\n", hex(kek.expose())));
    let mut draft = tempfile::Builder::new()
        .prefix(".kek-")
        .tempfile_in(&directory)
        .map_err(problem)?;
    draft.write_all(text.as_bytes()).map_err(problem)?;
    draft.as_file().sync_all().map_err(problem)?;
    // Another process that made one first wins: its key may be in use already.
    match draft.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(problem(error.error)),
    }
    sync(&directory).map_err(problem)
}

/// Reads a key file that nobody else can read.
pub fn read(path: &Path) -> Result<Kek, Error> {
    let problem = |error| failed("cannot read the key file", path, &error);
    let mut file = OpenOptions::new()
        .read(true)
        // A pipe in place of the file must not keep the start waiting.
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(problem)?;
    let metadata = file.metadata().map_err(problem)?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::Configuration(format!(
            "the key file {} can be read by others (mode {mode:03o}); mend it with: chmod 600 {}",
            path.display(),
            path.display()
        )));
    }
    let mut text = Zeroizing::new(String::new());
    let whole = metadata.is_file() && metadata.len() <= FILE_BYTES_MAX;
    if whole {
        file.read_to_string(&mut text).map_err(problem)?;
    }
    parse(&text).ok_or_else(|| {
        Error::Configuration(format!(
            "the key file {} must hold 64 hexadecimal digits",
            path.display()
        ))
    })
}

/// Gives a key file another name; durable when it returns.
pub fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to)
        .and_then(|()| sync(&parent(to)))
        .map_err(|error| failed("cannot name the key file", to, &error))
}

/// Refuses a key file inside the data directory: whoever takes the one takes the other.
pub fn check_outside(path: &Path, data: &Path) -> Result<(), Error> {
    if !resolved(path).starts_with(resolved(data)) {
        return Ok(());
    }
    Err(Error::Configuration(format!(
        "the key file {} lies inside the data directory {}, so whoever takes a copy of the data \
         takes the key too; put it elsewhere",
        path.display(),
        data.display()
    )))
}

/// The path without links, as far as it exists; the rest of it word for word.
pub fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut rest = Vec::new();
    let mut existing = absolute.as_path();
    loop {
        if let Ok(real) = existing.canonicalize() {
            let mut whole = real;
            for component in rest.iter().rev() {
                match component {
                    Component::ParentDir => drop(whole.pop()),
                    component => whole.push(component),
                }
            }
            return whole;
        }
        match (existing.components().next_back(), existing.parent()) {
            (Some(last), Some(parent)) => {
                rest.push(last);
                existing = parent;
            }
            _ => return absolute,
        }
    }
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::Configuration(format!("{what} {}: {error}", path.display()))
}
