//! Names: of a tenant, of a named namespace, of an issuer and of a user below it.

use std::fmt;

use crate::limits::NAMESPACE_SEGMENTS_MAX;
use crate::text::{Part, TextError};

fn segment(text: &str) -> Result<Part, TextError> {
    match text
        .chars()
        .find(|character| matches!(character, '/' | '*'))
    {
        Some(character) => Err(TextError::Reserved(character)),
        None => Part::parse(text),
    }
}

/// The name of a tenant: one segment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(Part);

impl TenantName {
    /// Takes one segment.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        // Paths of the operator's listener name a tenant, and no path holds these in any spelling.
        match text
            .chars()
            .find(|character| matches!(character, ';' | '\\'))
        {
            Some(character) => Err(TextError::Reserved(character)),
            None => segment(text).map(Self),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// The name of a named namespace: 1 to 8 segments, written `org/acme/user/alice`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespaceName(Vec<Part>);

impl NamespaceName {
    /// Splits at `/` and takes every segment.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let segments = text
            .split('/')
            .map(segment)
            .collect::<Result<Vec<_>, _>>()?;
        if segments.len() > NAMESPACE_SEGMENTS_MAX {
            return Err(TextError::TooManySegments(NAMESPACE_SEGMENTS_MAX));
        }
        Ok(Self(segments))
    }

    /// The segments, outermost first; never empty.
    pub fn segments(&self) -> &[Part] {
        &self.0
    }
}

impl fmt::Display for NamespaceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, part) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str("/")?;
            }
            formatter.write_str(part.as_str())?;
        }
        Ok(())
    }
}

/// Who vouches for a user id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer(Part);

impl Issuer {
    /// The issuer that stands for the tenant's own word.
    pub const LOCAL: &'static str = "local";
    /// The issuer of keys that an application chose itself.
    pub const ISOLATION_KEY: &'static str = "isolation-key";
    /// The issuer of users of Open WebUI.
    pub const OPEN_WEBUI: &'static str = "owui";
    /// The issuer of what users of `SillyTavern` call themselves.
    pub const SILLY_TAVERN: &'static str = "st";
    /// The issuer of what bodies say of their users.
    pub const BODY: &'static str = "body";
    /// The issuer of sessions: this server.
    pub const SESSION: &'static str = "session";
    /// The issuer of sandboxes: this server.
    pub const QUARANTINE: &'static str = "quarantine";
    /// The issuer of a credential that speaks for itself.
    pub const KEY: &'static str = "key";

    /// Takes one part.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        Part::parse(text).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether its ids are of what speaks for itself, and of no users: keys, sessions, sandboxes.
    pub fn names_no_users(&self) -> bool {
        [Self::KEY, Self::SESSION, Self::QUARANTINE].contains(&self.as_str())
    }
}

/// The id of a user as its issuer writes it; opaque, compared byte for byte.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Part);

impl UserId {
    /// Takes one part.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        Part::parse(text).map(Self)
    }

    /// Whether it looks like an e-mail address, which may be given to somebody else some day.
    pub fn looks_like_an_email_address(&self) -> bool {
        self.as_str()
            .split_once('@')
            .is_some_and(|(local, domain)| {
                let has_dot = domain.split_once('.');
                let is_domain =
                    has_dot.is_some_and(|(host, top)| !host.is_empty() && !top.is_empty());
                !local.is_empty() && is_domain && !domain.contains('@')
            })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

macro_rules! redacted_debug {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            /// Names of callers do not belong into logs.
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}
redacted_debug!(TenantName NamespaceName Issuer UserId);
