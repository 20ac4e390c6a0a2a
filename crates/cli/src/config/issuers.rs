//! `[[issuers]]`: hosts at which issuers of signed tokens publish their keys and that are not of the
//! open network, or prove themselves by an authority of one's own; from the configuration file alone.

use std::net::Ipv6Addr;
use std::path::PathBuf;

use anchorhold_outbound::Host;
use serde::Deserialize;

use crate::exit::Error;

/// One of them, as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssuerTable {
    host: String,
    #[serde(default)]
    private: bool,
    pub(crate) ca_file: Option<PathBuf>,
}

/// Checks them and reads their authorities.
pub(super) fn resolve(tables: &[IssuerTable]) -> Result<Vec<Host>, Error> {
    tables.iter().map(IssuerTable::resolve).collect()
}

impl IssuerTable {
    /// Every key, as it may stand in the table.
    pub(crate) const KEYS: [&str; 3] = ["ca_file", "host", "private"];

    fn resolve(&self) -> Result<Host, Error> {
        let refused =
            |problem: String| Error::Configuration(format!("issuer at {:?}: {problem}", self.host));
        if !is_host(&self.host) {
            let rule =
                "host must be the host of a URL alone, such as keycloak.internal or [fd00::7]";
            return Err(refused(rule.to_owned()));
        }
        let read = |path| {
            std::fs::read_to_string(path).map_err(|error| refused(format!("ca_file: {error}")))
        };
        Ok(Host {
            host: self.host.clone(),
            private: self.private,
            authorities: self.ca_file.as_ref().map(read).transpose()?,
        })
    }
}

/// Whether it is the host of a URL, without a port.
pub(super) fn is_host(host: &str) -> bool {
    let inner = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    match inner {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_name),
    }
}
