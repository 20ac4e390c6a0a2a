//! The address of a namespace: `(tenant, kind, parts)`. The kind is a field, never a prefix.

use crate::{Issuer, NamespaceName, Part, SandboxHandle, SessionHandle, TenantId, UserId};

/// A user: who vouches for the id, and the id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User {
    /// Who vouches for `id`.
    pub issuer: Issuer,
    /// The id as the issuer writes it.
    pub id: UserId,
}

/// Namespaces of their own below a user; all absent names the user's main namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubScopes {
    /// A workspace of the user.
    pub workspace: Option<Part>,
    /// An agent that works for the user.
    pub agent: Option<Part>,
    /// A thread of the user.
    pub thread: Option<Part>,
}

/// Where inside a tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Made on purpose, reached by grants.
    Named(NamespaceName),
    /// One user, or a sub-scope of one.
    User(User, SubScopes),
    /// The one shared namespace of a tenant.
    Shared,
    /// One session.
    Session(SessionHandle),
    /// One sandbox of the quarantine.
    Quarantine(SandboxHandle),
}

/// A namespace as callers name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Where inside the tenant.
    pub place: Place,
}

impl Place {
    /// The word for the kind in replies: `named`, `user`, `shared`, `session` or `quarantine`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Named(_) => "named",
            Self::User(..) => "user",
            Self::Shared => "shared",
            Self::Session(_) => "session",
            Self::Quarantine(_) => "quarantine",
        }
    }
}

impl Address {
    /// Bytes that are equal for equal addresses alone: a format version, the tenant, the kind, and
    /// every part behind its length. The catalogue keys its rows by a MAC of them.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        #[cfg(feature = "sabotage")]
        if let Some(bytes) = self.sabotaged() {
            return bytes;
        }
        let mut bytes = vec![1];
        bytes.extend_from_slice(self.tenant.as_bytes());
        match &self.place {
            Place::Named(name) => {
                bytes.push(1);
                for segment in name.segments() {
                    push_part(&mut bytes, Some(segment.as_str()));
                }
            }
            Place::User(user, sub_scopes) => {
                bytes.push(2);
                push_part(&mut bytes, Some(user.issuer.as_str()));
                push_part(&mut bytes, Some(user.id.as_str()));
                let SubScopes {
                    workspace,
                    agent,
                    thread,
                } = sub_scopes;
                for part in [workspace, agent, thread] {
                    push_part(&mut bytes, part.as_ref().map(Part::as_str));
                }
            }
            Place::Shared => bytes.push(3),
            Place::Session(session) => {
                bytes.push(4);
                bytes.extend_from_slice(session.as_bytes());
            }
            Place::Quarantine(sandbox) => {
                bytes.push(5);
                bytes.extend_from_slice(sandbox.as_bytes());
            }
        }
        bytes
    }
}

#[cfg(feature = "sabotage")]
impl Address {
    /// Bytes that are equal for addresses that differ.
    fn sabotaged(&self) -> Option<Vec<u8>> {
        use crate::sabotage::{Bug, is};
        if matches!(self.place, Place::Session(_)) && is(Bug::SessionsInOnePlace) {
            return Some([self.tenant.as_bytes().as_slice(), b"sessions"].concat());
        }
        if matches!(self.place, Place::Quarantine(_)) && is(Bug::SandboxesInOnePlace) {
            return Some([self.tenant.as_bytes().as_slice(), b"sandboxes"].concat());
        }
        let Place::User(user, parts) = &self.place else {
            return None;
        };
        let parts = [&parts.workspace, &parts.agent, &parts.thread];
        let parts = parts.into_iter().flatten().map(Part::as_str);
        let text = [user.id.as_str()].into_iter().chain(parts);
        let text = text.collect::<Vec<_>>();
        let text = match () {
            () if is(Bug::JoinedAddress) => text.join(":"),
            () if is(Bug::UserIdFolded) => text.join("\u{0}").to_lowercase(),
            () => return None,
        };
        Some([self.tenant.as_bytes().as_slice(), text.as_bytes()].concat())
    }
}

/// Length, then bytes; absent differs from every text.
fn push_part(bytes: &mut Vec<u8>, part: Option<&str>) {
    match part {
        None => bytes.extend_from_slice(&u32::MAX.to_be_bytes()),
        Some(text) => {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX - 1);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
