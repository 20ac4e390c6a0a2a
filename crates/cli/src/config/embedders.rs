//! `[[embedders]]`: embedders of other houses, from the configuration file alone.

use std::path::PathBuf;
use std::time::Duration;

use anchorhold_embed::RemoteSettings;
use anchorhold_model::Dimension;
use serde::Deserialize;

use super::keys::{Key, authorities};
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
        let key = Key {
            file: self.key_file.as_deref(),
            variable: self.key_env.as_deref(),
        };
        let window = "window_bytes must be 1 to 131072";
        Ok(RemoteSettings {
            name: self.name.clone(),
            url: self.url.clone(),
            model: self.model.clone(),
            dimension: self.dimension,
            key: key.read(lookup).map_err(|problem| self.refused(&problem))?,
            authorities: authorities(self.ca_file.as_deref())
                .map_err(|problem| self.refused(&problem))?,
            private: self.private,
            deadline: Duration::from_secs(seconds),
            window_bytes: within(self.window_bytes, 8_192, 131_072, window)?,
            batch_max: within(self.batch_max, 64, 2_048, "batch_max must be 1 to 2048")?,
            calls_max: within(self.calls_max, 4, 64, "calls_max must be 1 to 64")?,
        })
    }

    fn refused(&self, problem: &str) -> Error {
        Error::Configuration(format!("embedder {:?}: {problem}", self.name))
    }
}
