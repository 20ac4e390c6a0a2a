//! Keys and authorities of other houses, as tables of the configuration file name them.

use std::ffi::OsString;
use std::path::Path;

use crate::system::Lookup;

/// Where the key of another house stands.
pub(super) struct Key<'a> {
    pub(super) file: Option<&'a Path>,
    pub(super) variable: Option<&'a str>,
}

impl Key<'_> {
    /// The key, without the line end of its file.
    pub(super) fn read(&self, lookup: Lookup<'_>) -> Result<Option<String>, String> {
        let key = match (self.file, self.variable) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err("name key_file or key_env, not both".to_owned()),
            (Some(path), None) => {
                std::fs::read_to_string(path).map_err(|error| format!("key_file: {error}"))?
            }
            (None, Some(variable)) => lookup(variable)
                .map(OsString::into_string)
                .and_then(Result::ok)
                .ok_or_else(|| format!("the variable {variable} is not set"))?,
        };
        Ok(Some(key.trim().to_owned()))
    }
}

/// The certificates of the file that vouches for a house.
pub(super) fn authorities(file: Option<&Path>) -> Result<Option<String>, String> {
    let read = |path| std::fs::read_to_string(path).map_err(|error| format!("ca_file: {error}"));
    file.map(read).transpose()
}
