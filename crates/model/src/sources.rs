//! Which headers name the user of a request, in which order, and how far each is believed.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::limits::{HEADER_NAME_BYTES_MAX, HEADER_SOURCES_MAX, TRUSTED_PROXIES_MAX};
use crate::{IdentityChanges, Issuer, TextError};

/// Whose header it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderKind {
    /// `x-anchorhold-user`.
    #[serde(rename = "x-anchorhold-user")]
    User,
    /// `x-isolation-key`.
    #[serde(rename = "x-isolation-key")]
    IsolationKey,
    /// What Open WebUI sends.
    OpenWebui,
    /// What users of `SillyTavern` write into their connection.
    SillyTavern,
    /// One that the tenant chose.
    #[serde(rename = "header")]
    Named,
}

/// How far a header is believed. Who sends it decides what it may be at best: *asserted* with a key
/// that may say who the user is (`act_as`) or from a trusted proxy whose header it is, *claimed* from
/// anybody else. A tenant may make it less, never more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// As far as its sender is.
    #[default]
    Always,
    /// The same, and not read at all from a sender who could only claim.
    Auto,
    /// A claim, whoever sends it.
    Claimed,
    /// Not read.
    Never,
}

/// The name of a header, lower case, that may name a user.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HeaderName(Box<str>);

/// A header that names the user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HeaderSource {
    /// Whose it is.
    pub kind: HeaderKind,
    /// What it is called.
    pub header: HeaderName,
    /// How far it is believed.
    pub trust: Trust,
    /// Whether a named header names the users of `x-anchorhold-user`.
    pub is_local: bool,
    /// Whether a trusted proxy's word counts here. A proxy removes the header that it writes from what
    /// its own clients send, and lets those pass that it does not know.
    pub from_proxies: bool,
}

/// All headers that name a user, the first one first, and the peers who may say who a user is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    trusted_proxies: Vec<IpNet>,
    headers: Vec<HeaderSource>,
}

/// Why sources are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourcesError {
    /// Too many of them.
    #[error("may name at most {HEADER_SOURCES_MAX} headers")]
    TooManyHeaders,
    /// Too many of them.
    #[error("may name at most {TRUSTED_PROXIES_MAX} networks")]
    TooManyProxies,
    /// It is no name of a header that may name a user.
    #[error(
        "is no header that may name a user: 1 to {HEADER_NAME_BYTES_MAX} of a-z 0-9 -, beginning with a letter, and none that HTTP or this server uses itself"
    )]
    Header,
    /// Two sources would read it.
    #[error("stands twice: each header and each client once")]
    Twice,
    /// Signatures cover it under its own name.
    #[error("cannot be renamed: its name is a part of what clients sign")]
    Fixed,
    /// Whose users they are is not open.
    #[error("only a header of your own may name the users of x-anchorhold-user")]
    NotLocal,
    /// An address with more bits than its network, or everybody.
    #[error(
        "is no network such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32; its bits end with its prefix, which is at least 1"
    )]
    Network,
}

impl HeaderKind {
    /// All that are read when nothing is said, in their order.
    pub const USUAL: [Self; 4] = [
        Self::User,
        Self::IsolationKey,
        Self::OpenWebui,
        Self::SillyTavern,
    ];

    /// What the header is called when nothing is said.
    const fn usual_header(self) -> Option<&'static str> {
        match self {
            Self::User => Some("x-anchorhold-user"),
            Self::IsolationKey => Some("x-isolation-key"),
            Self::OpenWebui => Some("x-openwebui-user-id"),
            Self::SillyTavern => Some("x-st-user"),
            Self::Named => None,
        }
    }

    /// Whether signed requests cover the header, under its own name.
    const fn is_signed(self) -> bool {
        matches!(self, Self::User | Self::IsolationKey)
    }
}

impl HeaderName {
    /// Takes a lower-case name that neither HTTP nor this server has another use for.
    pub fn parse(text: &str) -> Result<Self, SourcesError> {
        if Self::is_name(text) && !is_reserved(text) {
            Ok(Self(text.into()))
        } else {
            Err(SourcesError::Header)
        }
    }

    /// Whether a name could ever have been taken; what is reserved may become more.
    fn is_name(text: &str) -> bool {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        text.len() <= HEADER_NAME_BYTES_MAX
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(is_allowed)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names with a meaning of their own.
fn is_reserved(name: &str) -> bool {
    const NAMES: [&str; 26] = [
        "authorization",
        "cache-control",
        "cf-connecting-ip",
        "connection",
        "cookie",
        "date",
        "expect",
        "forwarded",
        "host",
        "idempotency-key",
        "keep-alive",
        "origin",
        "range",
        "referer",
        "te",
        "trailer",
        "true-client-ip",
        "upgrade",
        "user-agent",
        "via",
        "x-api-key",
        "x-client-ip",
        "x-isolation-key",
        "x-openwebui-user-jwt",
        "x-real-ip",
        "x-session-id",
    ];
    const PREFIXES: [&str; 9] = [
        "accept",
        "access-control-",
        "content-",
        "if-",
        "proxy-",
        "sec-",
        "transfer-",
        "x-anchorhold-",
        "x-forwarded-",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

impl HeaderSource {
    /// The source under its usual name; `None` where there is none.
    pub fn usual(kind: HeaderKind) -> Option<Self> {
        Some(Self {
            kind,
            header: HeaderName(kind.usual_header()?.into()),
            trust: Trust::default(),
            is_local: false,
            from_proxies: false,
        })
    }

    /// A source as a tenant describes it. A trusted proxy's word counts in a header of the tenant's own,
    /// until [`Self::from_proxies`] says otherwise.
    pub fn new(
        kind: HeaderKind,
        header: Option<&str>,
        trust: Trust,
        is_local: bool,
    ) -> Result<Self, SourcesError> {
        if is_local && kind != HeaderKind::Named {
            return Err(SourcesError::NotLocal);
        }
        let header = match (header, kind.usual_header()) {
            (Some(header), Some(usual)) if kind.is_signed() && header != usual => {
                return Err(SourcesError::Fixed);
            }
            (Some(header), usual) if usual != Some(header) => HeaderName::parse(header)?,
            (_, Some(usual)) => HeaderName(usual.into()),
            (_, None) => return Err(SourcesError::Header),
        };
        Ok(Self {
            kind,
            header,
            trust,
            is_local,
            from_proxies: kind == HeaderKind::Named,
        })
    }

    /// Whose users the header names.
    pub fn issuer(&self) -> Result<Issuer, TextError> {
        match self.kind {
            HeaderKind::User => Issuer::parse(Issuer::LOCAL),
            HeaderKind::IsolationKey => Issuer::parse(Issuer::ISOLATION_KEY),
            HeaderKind::OpenWebui => Issuer::parse(Issuer::OPEN_WEBUI),
            HeaderKind::SillyTavern => Issuer::parse(Issuer::SILLY_TAVERN),
            HeaderKind::Named if self.is_local => Issuer::parse(Issuer::LOCAL),
            HeaderKind::Named => Issuer::parse(&format!("header:{}", self.header.as_str())),
        }
    }
}

impl Sources {
    /// Sources in their order; the usual ones that are not among them come after them.
    pub fn new(
        trusted_proxies: Vec<IpNet>,
        mut headers: Vec<HeaderSource>,
    ) -> Result<Self, SourcesError> {
        for kind in HeaderKind::USUAL {
            if !headers.iter().any(|source| source.kind == kind) {
                headers.extend(HeaderSource::usual(kind));
            }
        }
        if headers.len() > HEADER_SOURCES_MAX {
            return Err(SourcesError::TooManyHeaders);
        }
        if trusted_proxies.len() > TRUSTED_PROXIES_MAX {
            return Err(SourcesError::TooManyProxies);
        }
        let is_twice = |(position, source): (usize, &HeaderSource)| {
            headers.iter().take(position).any(|before| {
                before.header == source.header
                    || (before.kind == source.kind && source.kind != HeaderKind::Named)
            })
        };
        if headers.iter().enumerate().any(is_twice) {
            return Err(SourcesError::Twice);
        }
        Ok(Self {
            trusted_proxies,
            headers,
        })
    }

    /// The sources after the changes. A usual one that they do not name stays as it is, after those
    /// that they name: what was turned off is not turned on again by saying nothing of it.
    pub fn changed(&self, changes: &IdentityChanges) -> Result<Self, SourcesError> {
        let headers = match &changes.headers {
            None => self.headers.clone(),
            Some(named) => {
                let stays = |source: &&HeaderSource| {
                    source.kind != HeaderKind::Named
                        && named.iter().all(|other| other.kind != source.kind)
                };
                let others = self.headers.iter().filter(stays);
                named.iter().chain(others).cloned().collect()
            }
        };
        let proxies = changes.trusted_proxies.as_ref();
        Self::new(proxies.unwrap_or(&self.trusted_proxies).clone(), headers)
    }

    /// The headers, the first one first.
    pub fn headers(&self) -> &[HeaderSource] {
        &self.headers
    }

    /// The networks whose peers may say who a user is.
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.trusted_proxies
    }

    /// Whether this peer may say who a user is.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        // An IPv4 peer of a listener for both families is written as one of IPv6.
        let peer = peer.to_canonical();
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&peer))
    }
}

/// Reads a network: an address with a prefix, or an address alone.
pub fn network(text: &str) -> Result<IpNet, SourcesError> {
    let network = match text.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(text.parse::<IpAddr>().map_err(|_| SourcesError::Network)?),
    };
    let address = network.addr();
    let is_everybody = network.prefix_len() == 0;
    if is_everybody || network.trunc() != network || address.to_canonical() != address {
        return Err(SourcesError::Network);
    }
    Ok(network)
}

impl Default for Sources {
    /// Nobody's word is taken for a user, and every usual header is read.
    fn default() -> Self {
        let headers = HeaderKind::USUAL.into_iter();
        Self {
            trusted_proxies: Vec::new(),
            headers: headers.filter_map(HeaderSource::usual).collect(),
        }
    }
}

impl TryFrom<String> for HeaderName {
    type Error = SourcesError;

    /// What is stored was taken before, whatever is reserved since.
    fn try_from(text: String) -> Result<Self, SourcesError> {
        if Self::is_name(&text) {
            Ok(Self(text.into()))
        } else {
            Err(SourcesError::Header)
        }
    }
}

impl From<HeaderName> for String {
    fn from(name: HeaderName) -> Self {
        name.0.into()
    }
}

impl fmt::Debug for HeaderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
