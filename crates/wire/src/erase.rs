//! Erase: destroys a whole namespace, or a user with all that hangs on it.

use anchorhold_model::{NamespaceName, SessionHandle, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, Rejection, Request, check, redacted_debug};

/// Destroys what exactly one field names.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseRequest {
    /// A user with all workspaces, agents and threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// A named namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// A session: the id with which its client is in it, or the handle that a tenant admin sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// `true`: the user who asks.
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub own: Option<bool>,
}
redacted_debug!(EraseRequest);

/// What is to be destroyed, checked.
#[derive(Clone, PartialEq, Eq)]
pub enum Erase {
    /// A user.
    User(UserId),
    /// A named namespace.
    Namespace(NamespaceName),
    /// The user who asks.
    Own,
    /// The session of this id.
    Session(SessionId),
    /// The session of this handle.
    SessionOf(SessionHandle),
}
redacted_debug!(Erase);

impl Request for EraseRequest {
    type Domain = Erase;

    fn into_domain(self) -> Result<Erase, Rejection> {
        let own = self.own.unwrap_or(false);
        match (self.user, self.namespace, self.session, own) {
            (Some(user), None, None, false) => check::user_id("user", &user).map(Erase::User),
            (None, Some(name), None, false) => {
                check::namespace_name("namespace", &name).map(Erase::Namespace)
            }
            (None, None, Some(session), false) => session_of(&session),
            (None, None, None, true) => Ok(Erase::Own),
            _ => Err(Rejection::new(
                Code::RequestInvalid,
                "send exactly one of \"user\", \"namespace\", \"session\" and \"self\": true",
            )),
        }
    }
}

fn session_of(text: &str) -> Result<Erase, Rejection> {
    let handle = SessionHandle::parse(text).map(Erase::SessionOf);
    let found = handle.or_else(|| SessionId::parse(text).map(Erase::Session));
    found.ok_or_else(|| {
        let rule = "must be the 32 digits of x-session-id, or a handle ses_...";
        Rejection::of_field(Code::RequestInvalid, "session", rule)
    })
}

/// What was destroyed and what is left of it for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Names this receipt.
    pub receipt_id: String,
    /// How many namespaces lost their key.
    pub namespaces: u64,
    /// How many records were in them as of the last write: what expired since still counts.
    pub records: u64,
    /// The API keys that were revoked.
    pub key_ids: Vec<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub erased_at: Timestamp,
    /// Where a wrapped key may still lie, and until when.
    pub residues: Vec<Residue>,
    /// The entry of the audit log.
    pub audit_id: String,
}

/// A place that may still hold a wrapped key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Residue {
    /// Which place.
    #[serde(rename = "where")]
    pub place: String,
    /// Until when; null when nobody but the operator knows.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}
