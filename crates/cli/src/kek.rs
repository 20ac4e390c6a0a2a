//! The key-encryption key: found, made at first start, and kept away from the data it opens.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anchorhold::key_file as file;
pub(crate) use anchorhold::key_file::parse;
use anchorhold_crypto::{Kek, Secret, chain_hash};
use anchorhold_model::{Random, Stream, hex};

use crate::config::{Installation, KekSource};
use crate::exit::Error;

/// A key, and where people find it.
pub(crate) struct Found {
    pub(crate) kek: Kek,
    pub(crate) place: String,
}

/// A key for an installation that is about to be made: already durable, so that no crash leaves
/// data behind that nothing opens.
pub(crate) struct Prepared {
    pub(crate) kek: Kek,
    place: Place,
}

enum Place {
    Environment,
    File(PathBuf),
    /// Waits under this name until the installation has an id.
    Pending {
        directory: PathBuf,
        path: PathBuf,
    },
}

/// Refuses a key file inside the data directory: whoever takes the one takes the other.
fn check_outside(path: &Path, installation: &Installation) -> Result<(), Error> {
    if installation.allow_kek_inside_data {
        return Ok(());
    }
    file::check_outside(path, &installation.data)
        .map_err(|error| Error::Configuration(format!("{error}, or say --allow-kek-inside-data")))
}

/// The key for a new installation: read where it lies, made where it does not.
pub(crate) fn prepare(installation: &Installation, random: &dyn Random) -> Result<Prepared, Error> {
    let (path, place) = match &installation.kek {
        KekSource::Value(kek) => {
            return Ok(Prepared {
                kek: Kek::new(Secret::new(*kek.expose())),
                place: Place::Environment,
            });
        }
        KekSource::File(path) => (path.clone(), Place::File(path.clone())),
        KekSource::Directory(directory) => {
            let path = pending(directory, &installation.data);
            let directory = directory.clone();
            (path.clone(), Place::Pending { directory, path })
        }
    };
    check_outside(&path, installation)?;
    if !file::exists(&path) {
        file::make(&path, &Kek::generate(random, Stream::PROCESS))?;
    }
    Ok(Prepared {
        kek: file::read(&path)?,
        place,
    })
}

impl Prepared {
    /// Gives the key its last name; says where people find it.
    pub(crate) fn settle(self, install_id: &str) -> Result<Found, Error> {
        let place = match self.place {
            Place::Environment => "ANCHORHOLD_KEK".to_owned(),
            Place::File(path) => path.display().to_string(),
            Place::Pending { directory, path } => {
                let last = named(&directory, install_id);
                file::rename(&path, &last)?;
                last.display().to_string()
            }
        };
        Ok(Found {
            kek: self.kek,
            place,
        })
    }
}

/// The key of an installation that is there. It is never made here: a new key opens nothing.
pub(crate) fn find(installation: &Installation, install_id: &str) -> Result<Found, Error> {
    let path = match &installation.kek {
        KekSource::Value(kek) => {
            return Ok(Found {
                kek: Kek::new(Secret::new(*kek.expose())),
                place: "ANCHORHOLD_KEK".to_owned(),
            });
        }
        KekSource::File(path) => path.clone(),
        KekSource::Directory(directory) => {
            let path = named(directory, install_id);
            let pending = pending(directory, &installation.data);
            // A first start that was cut off right after the installation was made.
            if !file::exists(&path) && file::exists(&pending) {
                file::rename(&pending, &path)?;
            }
            path
        }
    };
    check_outside(&path, installation)?;
    if !file::exists(&path) {
        return Err(Error::Configuration(format!(
            "there is no key file at {}; bring back the one that was made at first start, or \
             name it with ANCHORHOLD_KEK_FILE. Without it nothing in {} can be read",
            path.display(),
            installation.data.display()
        )));
    }
    Ok(Found {
        kek: file::read(&path)?,
        place: path.display().to_string(),
    })
}

fn named(directory: &Path, install_id: &str) -> PathBuf {
    directory.join(format!("{install_id}.kek"))
}

/// The name a key has before the installation in `data` has an id; the same at every try.
fn pending(directory: &Path, data: &Path) -> PathBuf {
    let place = chain_hash(
        &[0; 32],
        file::resolved(data).as_os_str().as_encoded_bytes(),
    );
    let (first, _) = place.split_at(16);
    directory.join(format!("pending-{}.kek", hex(first)))
}
