//! What a user may do.

use serde::{Deserialize, Serialize};

/// What a user may do, whichever credential speaks for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything in their own namespaces.
    #[default]
    User,
    /// To read what is their own.
    Viewer,
    /// What a user may, and to manage the tenant in requests that prove who they are.
    Admin,
}

impl Role {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Viewer => "viewer",
            Self::Admin => "admin",
        }
    }
}
