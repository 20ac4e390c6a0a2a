//! The configuration file: TOML, flat, and no key that is not known.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::exit::Error;
use crate::system::Lookup;

/// Every key, as it may stand in the file.
pub(crate) const KEYS: [&str; 12] = [
    "allow_kek_inside_data",
    "allow_network",
    "backup_days",
    "data",
    "handles_max",
    "kek_file",
    "listen",
    "log",
    "operator_listen",
    "resident_bytes_max",
    "residents_max",
    "workers",
];

/// What stands in the file.
#[expect(
    clippy::struct_field_names,
    reason = "the fields are the keys of the file"
)]
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) allow_kek_inside_data: Option<bool>,
    pub(crate) allow_network: Option<bool>,
    pub(crate) backup_days: Option<u32>,
    pub(crate) data: Option<PathBuf>,
    pub(crate) handles_max: Option<usize>,
    pub(crate) kek_file: Option<PathBuf>,
    pub(crate) listen: Option<String>,
    pub(crate) log: Option<String>,
    pub(crate) operator_listen: Option<String>,
    pub(crate) resident_bytes_max: Option<usize>,
    pub(crate) residents_max: Option<usize>,
    pub(crate) workers: Option<usize>,
}

impl File {
    /// Reads the file that the flag or the environment names; nothing when neither does.
    pub(crate) fn read(flag: Option<&Path>, lookup: Lookup<'_>) -> Result<Self, Error> {
        let named = lookup("ANCHORHOLD_CONFIG").map(PathBuf::from);
        let Some(path) = flag.map(Path::to_owned).or(named) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::Configuration(format!("{}: {error}", path.display())))?;
        let mut file = Self::parse(&text)
            .map_err(|problem| Error::Configuration(format!("{}: {problem}", path.display())))?;
        // What stands in a file is meant from where the file lies, not from where one stands.
        let directory = path.parent().unwrap_or(Path::new(""));
        for path in [&mut file.data, &mut file.kek_file].into_iter().flatten() {
            *path = directory.join(&*path);
        }
        Ok(file)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error| format!("{error}"))?;
        if let Some(unknown) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!(
                "unknown key {unknown:?}; the nearest known one is {:?} (known: {})",
                nearest(unknown),
                KEYS.join(", ")
            ));
        }
        table.try_into().map_err(|error| format!("{error}"))
    }
}

fn nearest(unknown: &str) -> &'static str {
    let likeness = |key: &str| strsim::jaro_winkler(&unknown.to_lowercase(), key);
    let mut keys = KEYS;
    keys.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
    let [first, ..] = keys;
    first
}
