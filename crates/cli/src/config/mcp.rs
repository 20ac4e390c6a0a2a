//! `[mcp]`: by which names the tools for models are asked for, by which pages, and where tokens for them come
//! from; from the configuration file alone.

use anchorhold_http::McpOptions;
use anchorhold_model::Origin;
use serde::Deserialize;

use super::issuers::is_host;
use crate::exit::Error;

/// The table, as it stands in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct McpTable {
    url: Option<String>,
    #[serde(default)]
    allowed_hosts: Vec<String>,
    #[serde(default)]
    allowed_origins: Vec<String>,
    #[serde(default)]
    authorization_servers: Vec<String>,
}

impl McpTable {
    /// Every key, as it may stand in the table.
    pub(crate) const KEYS: [&str; 4] = [
        "allowed_hosts",
        "allowed_origins",
        "authorization_servers",
        "url",
    ];

    /// Checks it.
    pub(super) fn resolve(&self) -> Result<McpOptions, Error> {
        let origin_of = |url: &String| Origin::parse(url.strip_suffix("/mcp")?).ok();
        if self
            .url
            .as_ref()
            .is_some_and(|url| origin_of(url).is_none())
        {
            let rule =
                "url must be the address of the door, such as https://memory.example.org/mcp";
            return Err(refused(rule));
        }
        let is_name = |host: &String| {
            let (name, port) = host.split_once(':').unwrap_or((host, "1"));
            is_host(name) && port.parse::<u16>().is_ok()
        };
        if !self.allowed_hosts.iter().all(is_name) {
            let rule = "allowed_hosts must be names of this server such as memory.example.org, with a port or without";
            return Err(refused(rule));
        }
        let is_server = |url: &String| {
            let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte);
            url.len() > "https://".len() && url.starts_with("https://") && url.bytes().all(is_plain)
        };
        if !self.authorization_servers.iter().all(is_server) {
            let rule = "authorization_servers must be URLs that begin with https://";
            return Err(refused(rule));
        }
        let origins = self.allowed_origins.iter().map(|origin| {
            Origin::parse(origin)
                .map_err(|problem| refused(&format!("allowed_origins: {origin:?} {problem}")))
        });
        Ok(McpOptions {
            allowed_origins: origins.collect::<Result<_, _>>()?,
            url: self.url.clone(),
            allowed_hosts: self.allowed_hosts.clone(),
            authorization_servers: self.authorization_servers.clone(),
        })
    }
}

fn refused(problem: &str) -> Error {
    Error::Configuration(format!("[mcp]: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::super::file::File;

    fn refusal(text: &str) -> Option<String> {
        let file =
            File::parse(&format!("[mcp]\n{text}")).unwrap_or_else(|problem| panic!("{problem}"));
        file.mcp.resolve().err().map(|error| error.to_string())
    }

    #[test]
    fn names_and_pages_are_taken_as_they_are_sent_or_refused() {
        for text in [
            "",
            "url = \"https://memory.example.org/mcp\"",
            "allowed_hosts = [\"memory.example.org\", \"memory:8443\"]",
            "allowed_origins = [\"https://app.example.org\", \"http://localhost:5173\"]",
            "authorization_servers = [\"https://login.example.org/realms/home\"]",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
        for (text, named) in [
            ("url = \"memory.example.org\"", "url"),
            ("url = \"https://memory.example.org/\"", "url"),
            ("url = \"https://memory.example.org/x/mcp\"", "url"),
            ("allowed_hosts = [\"*\"]", "allowed_hosts"),
            (
                "allowed_hosts = [\"https://memory.example.org\"]",
                "allowed_hosts",
            ),
            ("allowed_hosts = [\"memory:\"]", "allowed_hosts"),
            ("allowed_hosts = [\"\"]", "allowed_hosts"),
            ("allowed_origins = [\"*\"]", "allowed_origins"),
            ("allowed_origins = [\"null\"]", "allowed_origins"),
            (
                "authorization_servers = [\"http://login.example.org\"]",
                "authorization_servers",
            ),
            (
                "authorization_servers = [\"https://\"]",
                "authorization_servers",
            ),
        ] {
            let refused = refusal(text).unwrap_or_default();
            assert!(refused.contains(named), "{text}: {refused}");
        }
    }
}
