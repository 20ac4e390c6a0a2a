//! Invitations, and users who register themselves.

use anchorhold_model::limits::{INVITE_HOURS_DEFAULT, INVITE_HOURS_MAX, KEY_NAME_BYTES_MAX};
use anchorhold_model::{KeyId, Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::user::UserBody;
use crate::{Rejection, Request, check, redacted_debug, schema, word};

/// Invites somebody to be a user.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvite {
    /// The id of the user (issuer `local`) whose key the invitation is worth.
    pub user: String,
    /// What the invitation and the key are called; the id of the user when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the user may do, if the tenant does not know them yet; `user` when absent.
    #[serde(default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::role)]
    pub role: Option<Role>,
    /// Hours until it ends: 1 to 720, 72 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_hours: Option<u64>,
}
redacted_debug!(CreateInvite);

/// An invitation to make, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct NewInvite {
    /// Who is invited.
    pub user: UserId,
    /// What it is called.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Hours until it ends.
    pub hours: u64,
}
redacted_debug!(NewInvite);

impl Request for CreateInvite {
    type Domain = NewInvite;

    fn into_domain(self) -> Result<NewInvite, Rejection> {
        let user = check::user_id("user", &self.user)?;
        let name = self.name.unwrap_or(self.user);
        check::text("name", &name, KEY_NAME_BYTES_MAX)?;
        let hours = self.expires_in_hours.unwrap_or(INVITE_HOURS_DEFAULT.into());
        Ok(NewInvite {
            user,
            name,
            role: self.role.unwrap_or_default(),
            hours: check::within("expires_in_hours", hours, 1..=INVITE_HOURS_MAX.into())?,
        })
    }
}

/// An invitation that waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteListed {
    /// Names the invitation; no secret.
    #[schema(value_type = String)]
    pub invite_id: KeyId,
    /// What it is called.
    pub name: String,
    /// Who is invited.
    pub user: String,
    /// What the user may do, if the tenant does not know them yet.
    #[schema(schema_with = schema::role)]
    pub role: Role,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}
redacted_debug!(InviteListed);

/// An invitation, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteCreated {
    /// What whoever is invited shows as their key to `POST /v1/invites/redeem`, once.
    pub invite: String,
    /// The invitation.
    #[serde(flatten)]
    pub listed: InviteListed,
}
redacted_debug!(InviteCreated);

/// Invitations that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteList {
    /// Oldest first.
    pub invites: Vec<InviteListed>,
}

/// An invitation that is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteRevoked {
    /// The one that was asked for.
    #[schema(value_type = String)]
    pub invite_id: KeyId,
    /// Always true.
    pub revoked: bool,
}

/// Somebody who is a user now. The key is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Joined {
    /// The key of the user.
    pub key: String,
    /// Names the key; no secret.
    #[schema(value_type = String)]
    pub key_id: KeyId,
    /// The user.
    pub user: UserBody,
}
redacted_debug!(Joined);
