//! The header lines of a request as identity reads them: once, whole, and without repair.

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_model::Part;

use crate::{Denial, Message, Reason, Replays, Visit};

/// All header lines of a request, in order: name and raw value.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a>(&'a [(&'a str, &'a [u8])]);

/// What a request shows to say who it speaks for.
#[derive(Clone)]
pub struct Evidence<'a> {
    /// All header lines.
    pub headers: Headers<'a>,
    /// What a signature covers, and the nonces that are known; nothing where no door could tell.
    pub message: Option<(Message<'a>, &'a Replays)>,
    /// The other end of the connection; nothing where there is none.
    pub peer: Option<IpAddr>,
    /// The session that the request has by now.
    pub visit: Arc<Visit>,
}

impl<'a> From<Headers<'a>> for Evidence<'a> {
    fn from(headers: Headers<'a>) -> Self {
        Self {
            headers,
            message: None,
            peer: None,
            visit: Arc::default(),
        }
    }
}

/// A header that names somebody or something of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityHeader {
    /// The user.
    User,
    /// A workspace of the user.
    Workspace,
    /// An agent of the user.
    Agent,
    /// A thread of the user.
    Thread,
    /// A named namespace.
    Namespace,
    /// A key of the application's own choosing, in the place of a user.
    IsolationKey,
    /// The key that signed the request.
    KeyId,
    /// When the request was signed.
    Timestamp,
    /// What no other signed request brings.
    Nonce,
    /// The signature.
    Signature,
}

impl IdentityHeader {
    /// The name of the header, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "x-anchorhold-user",
            Self::Workspace => "x-anchorhold-workspace",
            Self::Agent => "x-anchorhold-agent",
            Self::Thread => "x-anchorhold-thread",
            Self::Namespace => "x-anchorhold-namespace",
            Self::IsolationKey => "x-isolation-key",
            Self::KeyId => "x-anchorhold-key-id",
            Self::Timestamp => "x-anchorhold-timestamp",
            Self::Nonce => "x-anchorhold-nonce",
            Self::Signature => "x-anchorhold-signature",
        }
    }
}

impl<'a> Headers<'a> {
    /// Takes the lines as the door read them.
    pub const fn new(lines: &'a [(&'a str, &'a [u8])]) -> Self {
        Self(lines)
    }

    /// Every value of a header.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// The one value of an identity header, exactly as sent; `None` when there is no such line.
    pub fn identity(&self, header: IdentityHeader) -> Result<Option<&'a str>, Denial> {
        self.one(header.name()).map_err(|problem| {
            Denial::of_stranger(Reason::IdentityHeaderInvalid {
                header: header.name().into(),
                problem,
            })
        })
    }

    /// The one value of a header that names somebody, exactly as sent, or what is wrong with it;
    /// `None` when there is no such line.
    ///
    /// Proxies and frameworks disagree about repeated lines, lists and `_` for `-`, and each
    /// disagreement was an impersonation somewhere: so all of them are refused.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&'a str>, &'static str> {
        let is_same = |(one, other): (u8, u8)| {
            one.eq_ignore_ascii_case(&other) || (one == b'_' && other == b'-')
        };
        let is_twin = |line: &str| {
            line.len() == name.len()
                && line.contains('_')
                && line.bytes().zip(name.bytes()).all(is_same)
        };
        if self.0.iter().any(|(line, _)| is_twin(line)) {
            return Err("has a twin written with underscores");
        }
        let mut values = self.values(name);
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err("is sent more than once");
        }
        let Ok(value) = std::str::from_utf8(value) else {
            return Err("is not UTF-8");
        };
        if value.contains(',') {
            return Err("holds a list");
        }
        if value.contains("{{") {
            return Err("holds a template that was not filled in");
        }
        Ok(Some(value))
    }

    /// The one value of an identity header as a part of an address.
    pub fn identity_part(&self, header: IdentityHeader) -> Result<Option<Part>, Denial> {
        let Some(value) = self.identity(header)? else {
            return Ok(None);
        };
        Part::parse(value).map(Some).map_err(|error| {
            Denial::of_stranger(Reason::NameInvalid {
                field: header.name().into(),
                error,
            })
        })
    }
}
