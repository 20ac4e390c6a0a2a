//! The configuration file: TOML, and no key that is not known.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::embedders::EmbedderTable;
use super::issuers::IssuerTable;
use super::listener::ListenerTable;
use super::mcp::McpTable;
use super::upstreams::{ModelTable, UpstreamTable};
use crate::exit::Error;
use crate::system::Lookup;

/// Every key, as it may stand in the file.
pub(crate) const KEYS: [&str; 23] = [
    "allow_kek_inside_data",
    "allow_legacy",
    "allow_network",
    "backup_days",
    "data",
    "embedders",
    "handles_max",
    "issuers",
    "kek_file",
    "listen",
    "listener",
    "log",
    "mcp",
    "operator_listen",
    "plain_http_from",
    "preset",
    "resident_bytes_max",
    "residents_max",
    "session_sweep_seconds",
    "tls_certificate",
    "tls_key",
    "upstreams",
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
    pub(crate) allow_legacy: Option<bool>,
    pub(crate) allow_network: Option<bool>,
    pub(crate) backup_days: Option<u32>,
    pub(crate) data: Option<PathBuf>,
    #[serde(default)]
    pub(crate) embedders: Vec<EmbedderTable>,
    pub(crate) handles_max: Option<usize>,
    #[serde(default)]
    pub(crate) issuers: Vec<IssuerTable>,
    pub(crate) kek_file: Option<PathBuf>,
    pub(crate) listen: Option<String>,
    #[serde(default)]
    pub(crate) listener: ListenerTable,
    pub(crate) log: Option<String>,
    #[serde(default)]
    pub(crate) mcp: McpTable,
    pub(crate) operator_listen: Option<String>,
    pub(crate) plain_http_from: Option<Vec<String>>,
    pub(crate) preset: Option<String>,
    pub(crate) resident_bytes_max: Option<usize>,
    pub(crate) residents_max: Option<usize>,
    pub(crate) session_sweep_seconds: Option<u64>,
    pub(crate) tls_certificate: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    #[serde(default)]
    pub(crate) upstreams: Vec<UpstreamTable>,
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
        let embedders = file.embedders.iter_mut();
        let theirs = embedders.flat_map(|table| [&mut table.key_file, &mut table.ca_file]);
        let issuers = file.issuers.iter_mut().map(|table| &mut table.ca_file);
        let upstreams = file.upstreams.iter_mut();
        let models = upstreams.flat_map(|table| [&mut table.key_file, &mut table.ca_file]);
        let own = [
            &mut file.data,
            &mut file.kek_file,
            &mut file.tls_certificate,
            &mut file.tls_key,
        ];
        for path in own
            .into_iter()
            .chain(theirs)
            .chain(issuers)
            .chain(models)
            .flatten()
        {
            *path = directory.join(&*path);
        }
        Ok(file)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error| format!("{error}"))?;
        only_known(&table, &KEYS)?;
        let inner: [(_, &[&str]); 3] = [
            ("embedders", &EmbedderTable::KEYS),
            ("issuers", &IssuerTable::KEYS),
            ("upstreams", &UpstreamTable::KEYS),
        ];
        let single: [(_, &[&str]); 2] =
            [("listener", &ListenerTable::KEYS), ("mcp", &McpTable::KEYS)];
        for (name, known) in single {
            if let Some(toml::Value::Table(inner)) = table.get(name) {
                only_known(inner, known).map_err(|problem| format!("[{name}]: {problem}"))?;
            }
        }
        for (name, known) in inner {
            let tables = table.get(name).and_then(toml::Value::as_array);
            let tables = tables.into_iter().flatten();
            for inner in tables.filter_map(toml::Value::as_table) {
                only_known(inner, known).map_err(|problem| format!("[[{name}]]: {problem}"))?;
                let models = inner.get("models").and_then(toml::Value::as_array);
                let models = models.into_iter().flatten();
                for model in models.filter_map(toml::Value::as_table) {
                    only_known(model, &ModelTable::KEYS)
                        .map_err(|problem| format!("[[{name}.models]]: {problem}"))?;
                }
            }
        }
        table.try_into().map_err(|error| format!("{error}"))
    }
}

/// Refuses a key that is not known, and names the nearest that is.
fn only_known(table: &toml::Table, known: &[&str]) -> Result<(), String> {
    let Some(unknown) = table.keys().find(|key| !known.contains(&key.as_str())) else {
        return Ok(());
    };
    let likeness = |key: &str| strsim::jaro_winkler(&unknown.to_lowercase(), key);
    let nearest = known
        .iter()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    Err(format!(
        "unknown key {unknown:?}; the nearest known one is {:?} (known: {})",
        nearest.unwrap_or(&""),
        known.join(", ")
    ))
}
