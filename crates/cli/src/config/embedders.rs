//! `[[embedders]]`: embedders of other houses, from the configuration file alone.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anchorhold_embed::RemoteSettings;
use anchorhold_model::Dimension;
use serde::Deserialize;

use crate::exit::Error;
use crate::system::Lookup;

/// One of them, as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmbedderTable {
    name: String,
    url: String,
    model: String,
    dimension: usize,
    pub(crate) key_file: Option<PathBuf>,
    key_env: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    #[serde(default)]
    private: bool,
    timeout_seconds: Option<u64>,
    window_bytes: Option<usize>,
    batch_max: Option<usize>,
    calls_max: Option<usize>,
}

/// Checks them and reads their keys.
pub(super) fn resolve(
    tables: &[EmbedderTable],
    lookup: Lookup<'_>,
) -> Result<Vec<RemoteSettings>, Error> {
    tables.iter().map(|table| table.resolve(lookup)).collect()
}

impl EmbedderTable {
    /// Every key, as it may stand in the table.
    pub(crate) const KEYS: [&str; 12] = [
        "batch_max",
        "ca_file",
        "calls_max",
        "dimension",
        "key_env",
        "key_file",
        "model",
        "name",
        "private",
        "timeout_seconds",
        "url",
        "window_bytes",
    ];

    fn resolve(&self, lookup: Lookup<'_>) -> Result<RemoteSettings, Error> {
        if Dimension::new(self.dimension).is_none() {
            return Err(self.refused("dimension must be 8 to 4096"));
        }
        let within = |number: Option<usize>, default: usize, most: usize, rule| match number {
            Some(number) if !(1..=most).contains(&number) => Err(self.refused(rule)),
            number => Ok(number.unwrap_or(default)),
        };
        let seconds = self.timeout_seconds.unwrap_or(10);
        if !(1..=60).contains(&seconds) {
            return Err(self.refused("timeout_seconds must be 1 to 60"));
        }
        let window = "window_bytes must be 1 to 131072";
        Ok(RemoteSettings {
            name: self.name.clone(),
            url: self.url.clone(),
            model: self.model.clone(),
            dimension: self.dimension,
            key: self.key(lookup)?,
            authorities: self.authorities()?,
            private: self.private,
            deadline: Duration::from_secs(seconds),
            window_bytes: within(self.window_bytes, 8_192, 131_072, window)?,
            batch_max: within(self.batch_max, 64, 2_048, "batch_max must be 1 to 2048")?,
            calls_max: within(self.calls_max, 4, 64, "calls_max must be 1 to 64")?,
        })
    }

    /// The key, without the line end of its file.
    fn key(&self, lookup: Lookup<'_>) -> Result<Option<String>, Error> {
        let key = match (&self.key_file, &self.key_env) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(self.refused("name key_file or key_env, not both")),
            (Some(path), None) => std::fs::read_to_string(path)
                .map_err(|error| self.refused(&format!("key_file: {error}")))?,
            (None, Some(variable)) => lookup(variable)
                .map(OsString::into_string)
                .and_then(Result::ok)
                .ok_or_else(|| self.refused(&format!("the variable {variable} is not set")))?,
        };
        Ok(Some(key.trim().to_owned()))
    }

    /// The certificates of the file that vouches for it.
    fn authorities(&self) -> Result<Option<String>, Error> {
        let read = |path| {
            std::fs::read_to_string(path)
                .map_err(|error| self.refused(&format!("ca_file: {error}")))
        };
        self.ca_file.as_ref().map(read).transpose()
    }

    fn refused(&self, problem: &str) -> Error {
        Error::Configuration(format!("embedder {:?}: {problem}", self.name))
    }
}
