//! `[[upstreams]]`: model servers, from the configuration file, and `--upstream` for the one that everything
//! goes to.

use std::path::PathBuf;
use std::time::Duration;

use anchorhold_model::limits::CHAT_TOKENS_MAX;
use anchorhold_model::{Placement, Tokenizer};
use anchorhold_upstream::{Deadlines, Model, Settings};
use serde::Deserialize;

use super::keys::Key;
use crate::exit::Error;
use crate::system::Lookup;

/// The name of the server that a flag names.
const ONLY: &str = "upstream";

/// One of them, as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpstreamTable {
    name: String,
    url: String,
    pub(crate) key_file: Option<PathBuf>,
    key_env: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    #[serde(default)]
    private: bool,
    connect_seconds: Option<u64>,
    head_seconds: Option<u64>,
    idle_seconds: Option<u64>,
    total_seconds: Option<u64>,
    #[serde(default)]
    models: Vec<ModelTable>,
}

/// A model of one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelTable {
    name: String,
    alias: Option<String>,
    context_tokens: Option<usize>,
    reserve_tokens: Option<usize>,
    tokenizer: Option<String>,
    placement: Option<String>,
    memory: Option<bool>,
}

/// Checks them and reads their keys.
pub(super) fn resolve(
    flag: Option<String>,
    tables: &[UpstreamTable],
    lookup: Lookup<'_>,
) -> Result<Vec<Settings>, Error> {
    let mut settings = Vec::new();
    for table in tables {
        settings.push(table.resolve(lookup)?);
    }
    let variable = lookup("ANCHORHOLD_UPSTREAM");
    let named = match (flag, variable) {
        (Some(flag), _) => Some(flag),
        (None, Some(variable)) => Some(super::text(variable, "ANCHORHOLD_UPSTREAM")?),
        (None, None) => None,
    };
    if let Some(url) = named {
        let key = lookup("ANCHORHOLD_UPSTREAM_KEY");
        let key = key.map(|key| super::text(key, "ANCHORHOLD_UPSTREAM_KEY"));
        settings.push(Settings {
            key: key.transpose()?,
            private: is_inside(&url),
            ..Settings::new(ONLY, url)
        });
    }
    Ok(settings)
}

/// Whether a url names this machine or an address inside the house.
fn is_inside(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_named = host.eq_ignore_ascii_case("localhost");
    let address: Result<std::net::IpAddr, _> = host.parse();
    is_named || address.is_ok_and(|address| anchorhold_outbound::Reach::Private.holds(address))
}

impl UpstreamTable {
    /// Every key, as it may stand in the table.
    pub(crate) const KEYS: [&str; 11] = [
        "ca_file",
        "connect_seconds",
        "head_seconds",
        "idle_seconds",
        "key_env",
        "key_file",
        "models",
        "name",
        "private",
        "total_seconds",
        "url",
    ];

    fn resolve(&self, lookup: Lookup<'_>) -> Result<Settings, Error> {
        let refused =
            |problem: &str| Error::Configuration(format!("upstream {:?}: {problem}", self.name));
        let usual = Deadlines::default();
        let seconds = |seconds: Option<u64>, usual: Duration| match seconds {
            None => Ok(usual),
            Some(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
            Some(_) => Err(refused("a number of seconds must be 1 to 86400")),
        };
        let key = Key {
            file: self.key_file.as_deref(),
            variable: self.key_env.as_deref(),
        };
        let models = self.models.iter().map(|model| {
            let problem = |problem| refused(&format!("model {:?}: {problem}", model.name));
            model.resolve().map_err(problem)
        });
        Ok(Settings {
            key: key.read(lookup).map_err(|problem| refused(&problem))?,
            authorities: super::keys::authorities(self.ca_file.as_deref())
                .map_err(|problem| refused(&problem))?,
            private: self.private,
            deadlines: Deadlines {
                connect: seconds(self.connect_seconds, usual.connect)?,
                head: seconds(self.head_seconds, usual.head)?,
                idle: seconds(self.idle_seconds, usual.idle)?,
                total: seconds(self.total_seconds, usual.total)?,
            },
            models: models.collect::<Result<_, _>>()?,
            ..Settings::new(&self.name, &self.url)
        })
    }
}

impl ModelTable {
    /// Every key, as it may stand in the table.
    pub(crate) const KEYS: [&str; 7] = [
        "alias",
        "context_tokens",
        "memory",
        "name",
        "placement",
        "reserve_tokens",
        "tokenizer",
    ];

    fn resolve(&self) -> Result<Model, &'static str> {
        let usual = Model::named(&self.name);
        let is_name = |name: &str| (1..=256).contains(&name.len());
        if !is_name(&self.name) || !self.alias.as_deref().is_none_or(is_name) {
            return Err("name and alias must be 1 to 256 bytes");
        }
        let reserve_tokens = self.reserve_tokens.unwrap_or(usual.reserve_tokens);
        let context_tokens = self.context_tokens;
        if context_tokens.is_some_and(|context| context <= reserve_tokens) {
            return Err(
                "context_tokens must be more than reserve_tokens (1024 where it is not said)",
            );
        }
        if reserve_tokens > 100 * CHAT_TOKENS_MAX {
            return Err("reserve_tokens must be at most 10000000");
        }
        Ok(Model {
            alias: self.alias.clone(),
            context_tokens,
            reserve_tokens,
            tokenizer: match self.tokenizer.as_deref() {
                None => usual.tokenizer,
                Some("o200k_base") => Tokenizer::O200k,
                Some("cl100k_base") => Tokenizer::Cl100k,
                Some("estimate") => Tokenizer::Estimate,
                Some(_) => return Err("tokenizer must be o200k_base, cl100k_base or estimate"),
            },
            placement: match self.placement.as_deref() {
                None => usual.placement,
                Some("system") => Placement::System,
                Some("user") => Placement::User,
                Some(_) => return Err("placement must be system or user"),
            },
            memory: self.memory.unwrap_or(usual.memory),
            ..usual
        })
    }
}
