//! A namespace as replies name it.

use anchorhold_model::{Part, Place, SubScopes, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::redacted_debug;

/// Which kind of namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = NamespaceKind)]
pub enum Kind {
    /// Made on purpose, reached by grants.
    Named,
    /// One user, or a sub-scope of one.
    User,
    /// The one shared namespace of a tenant.
    Shared,
    /// One session.
    Session,
    /// One sandbox of the quarantine.
    Quarantine,
}

/// A namespace as replies name it. The kind is a field, never a prefix of the name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddressBody {
    /// Which kind.
    pub kind: Kind,
    /// The name of a named namespace, the id of a user or the handle of a session or a sandbox; null for the shared
    /// namespace.
    pub name: Option<String>,
    /// Who vouches for the user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The workspace of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// The agent of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The thread of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}
redacted_debug!(AddressBody);

impl AddressBody {
    fn plain(kind: Kind, name: Option<String>) -> Self {
        Self {
            kind,
            name,
            issuer: None,
            workspace: None,
            agent: None,
            thread: None,
        }
    }

    /// A sandbox that has not begun.
    pub fn of_no_sandbox() -> Self {
        Self::plain(Kind::Quarantine, None)
    }

    fn of_user(user: &User, sub_scopes: &SubScopes) -> Self {
        let text = |part: &Option<Part>| part.as_ref().map(|part| part.as_str().to_owned());
        Self {
            issuer: Some(user.issuer.as_str().to_owned()),
            workspace: text(&sub_scopes.workspace),
            agent: text(&sub_scopes.agent),
            thread: text(&sub_scopes.thread),
            ..Self::plain(Kind::User, Some(user.id.as_str().to_owned()))
        }
    }
}

impl From<&Place> for AddressBody {
    fn from(place: &Place) -> Self {
        match place {
            Place::Named(name) => Self::plain(Kind::Named, Some(name.to_string())),
            Place::User(user, sub_scopes) => Self::of_user(user, sub_scopes),
            Place::Shared => Self::plain(Kind::Shared, None),
            Place::Session(session) => Self::plain(Kind::Session, Some(session.to_string())),
            Place::Quarantine(sandbox) => Self::plain(Kind::Quarantine, Some(sandbox.to_string())),
        }
    }
}
