//! `install.json`: the format version, the id of the installation and its wrapped key. No names.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anchorhold_crypto::{InstallKey, Kek, Label, SealKey, Wrapped};
use anchorhold_model::{Random, Stream, hex};
use serde::{Deserialize, Serialize};

use crate::{Error, files};

/// The version of the layout of the data directory.
const FORMAT: u32 = 1;
const WHAT: &str = "install.json";
/// What the check blob says when it opens.
const CHECK: &[u8] = b"anchorhold";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: u32,
    install_id: String,
    wrapped_key: String,
    check: String,
}

/// An installation whose key was opened.
pub(crate) struct Install {
    pub(crate) id: String,
    pub(crate) key: InstallKey,
}

fn path(data: &Path) -> PathBuf {
    data.join(WHAT)
}

/// Whether the data directory was initialised.
pub(crate) fn is_present(data: &Path) -> Result<bool, Error> {
    Ok(path(data).try_exists()?)
}

/// The id of the installation, without any key.
pub(crate) fn read_id(data: &Path) -> Result<String, Error> {
    read(data).map(|stored| stored.install_id)
}

fn read(data: &Path) -> Result<Stored, Error> {
    let bytes = std::fs::read(path(data)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::NotInitialised,
        _ => error.into(),
    })?;
    let stored: Stored =
        serde_json::from_slice(&bytes).map_err(|_| Error::Malformed { what: WHAT })?;
    if stored.format != FORMAT {
        return Err(Error::Format {
            found: stored.format,
        });
    }
    Ok(stored)
}

/// The bytes behind hexadecimal digits of any even number.
fn unhex(text: &str) -> Result<Vec<u8>, Error> {
    let malformed = || Error::Malformed { what: WHAT };
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return Err(malformed());
    }
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| {
            let digits = std::str::from_utf8(pair).map_err(|_| malformed())?;
            let [byte] = anchorhold_model::unhex(digits).ok_or_else(malformed)?;
            Ok(byte)
        })
        .collect()
}

fn check_key(key: &InstallKey) -> SealKey {
    SealKey::new(&key.derive(Label::State))
}

/// Makes the key and the id of a new installation; [`write`] makes them last.
pub(crate) fn generate(random: &dyn Random) -> Install {
    let mut id = [0; 16];
    random.fill(Stream::PROCESS, &mut id);
    Install {
        id: hex(&id),
        key: InstallKey::generate(random, Stream::PROCESS),
    }
}

/// Writes `install.json` durably: from here on the directory is initialised.
pub(crate) fn write(
    data: &Path,
    id: &str,
    key: &InstallKey,
    kek: &Kek,
    random: &dyn Random,
) -> Result<(), Error> {
    let sealed = |error| Error::of_sealed(WHAT, error);
    let context = id.as_bytes();
    let wrapped = kek
        .wrap_install(key, context, random, Stream::PROCESS)
        .map_err(sealed)?;
    let mut nonce = [0; 12];
    random.fill(Stream::PROCESS, &mut nonce);
    let check = check_key(key).seal(nonce, context, CHECK).map_err(sealed)?;
    let stored = Stored {
        format: FORMAT,
        install_id: id.to_owned(),
        wrapped_key: hex(wrapped.as_bytes()),
        check: hex(&check),
    };
    let bytes = serde_json::to_vec_pretty(&stored).map_err(|_| Error::Malformed { what: WHAT })?;
    files::file_write_whole(&path(data), &bytes)
}

/// Opens the key of the installation; the wrong KEK ends here, before anything else is read.
pub(crate) fn open(data: &Path, kek: &Kek) -> Result<Install, Error> {
    let sealed = |error| Error::of_sealed(WHAT, error);
    let stored = read(data)?;
    let context = stored.install_id.as_bytes();
    let wrapped = Wrapped::from_stored(&unhex(&stored.wrapped_key)?).map_err(sealed)?;
    let key = kek.unwrap_install(&wrapped, context).map_err(sealed)?;
    let check = check_key(&key)
        .open(context, &unhex(&stored.check)?)
        .map_err(sealed)?;
    if check != CHECK {
        return Err(Error::Tampered { what: WHAT });
    }
    Ok(Install {
        id: stored.install_id,
        key,
    })
}
