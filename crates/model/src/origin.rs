//! Origins of pages, as browsers write them (RFC 6454, section 6.2).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::ORIGIN_BYTES_MAX;

/// Scheme, host and port of a page, exactly as a browser sends them in `Origin`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(Box<str>);

/// Why a text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no origin such as https://app.example.org or http://localhost:5173: scheme, host in lower case, and a port where it is not the usual one; no path, no *"
)]
pub struct OriginError;

impl Origin {
    /// Takes what a browser would send, and nothing that it would write in another way.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let (rest, usual_port) = match (text.strip_prefix("https://"), text.strip_prefix("http://"))
        {
            (Some(rest), _) => (rest, "443"),
            (None, Some(rest)) => (rest, "80"),
            (None, None) => return Err(OriginError),
        };
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, after)) => {
                let is_address = address.parse::<std::net::Ipv6Addr>();
                let is_canonical = is_address.is_ok_and(|parsed| parsed.to_string() == address);
                if !is_canonical {
                    return Err(OriginError);
                }
                (
                    None,
                    after.strip_prefix(':').or(after.is_empty().then_some("")),
                )
            }
            None => match rest.split_once(':') {
                Some((host, port)) => (Some(host), Some(port).filter(|port| !port.is_empty())),
                None => (Some(rest), Some("")),
            },
        };
        let port = port.ok_or(OriginError)?;
        let is_port = port.is_empty()
            || (port != usual_port
                && port
                    .parse::<u16>()
                    .is_ok_and(|number| number.to_string() == port));
        let is_host = host.is_none_or(is_host);
        if text.len() > ORIGIN_BYTES_MAX || !is_port || !is_host {
            return Err(OriginError);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_host(host: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    host.split('.')
        .all(|label| !label.is_empty() && label.bytes().all(is_allowed))
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0.into()
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends_and_nothing_else() {
        for text in [
            "https://app.example.org",
            "http://localhost:5173",
            "http://127.0.0.1:8080",
            "https://[2001:db8::1]:8443",
            "http://[::1]",
            "https://example.org:80",
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "*",
            "null",
            "https://",
            "https://*",
            "https://*.example.org",
            "https://Example.org",
            "https://example.org/",
            "https://example.org/app",
            "https://example.org:443",
            "http://example.org:80",
            "https://example.org:",
            "https://example.org:0443",
            "https://example.org:99999",
            "https://a..b",
            "https://user@example.org",
            "https://[::1",
            "https://[0:0:0:0:0:0:0:1]",
            "https://[::1]x",
            "ftp://example.org",
            "https://b\u{fc}cher.example",
            "https://a.example https://b.example",
        ] {
            assert_eq!(Origin::parse(text), Err(OriginError), "{text}");
        }
        let long = format!("https://{}", "a".repeat(ORIGIN_BYTES_MAX));
        assert_eq!(Origin::parse(&long), Err(OriginError));
    }
}
