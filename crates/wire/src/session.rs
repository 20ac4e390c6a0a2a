//! Isolation sessions: how they live, as a tenant sets it, and those that live.

use anchorhold_model::{
    ClientIds, SessionChanges, SessionCookie, SessionHandle, SessionPolicy, Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Rejection, schema, sources, word};

/// Changes how sessions live; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchSessions {
    /// Whether clients may draw the ids of their sessions.
    #[serde(default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::client_ids)]
    pub client_ids: Option<ClientIds>,
    /// Seconds without use after which a session is over: 60 to 31536000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_seconds: Option<u64>,
    /// Sessions that live at a time; a further one is 429 `session_limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_max: Option<u64>,
    /// New sessions that one peer is given in a minute; a further one is 429 `session_limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_per_minute: Option<u64>,
    /// Whether the id travels in a cookie too, which no script can read.
    #[serde(default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::session_cookie)]
    pub cookie: Option<SessionCookie>,
}

impl PatchSessions {
    /// The changes, each within its bounds.
    pub(crate) fn changes(self) -> Result<SessionChanges, Rejection> {
        let changes = SessionChanges {
            client_ids: self.client_ids,
            idle_seconds: self.idle_seconds,
            live_max: self.live_max,
            new_per_minute: self.new_per_minute,
            cookie: self.cookie,
        };
        // Each bound holds by itself, whatever was set before.
        SessionPolicy::default()
            .changed(&changes)
            .map_err(|error| sources::invalid(&format!("sessions.{}", error.field()), error))?;
        Ok(changes)
    }
}

/// How sessions live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionsBody {
    /// Whether clients may draw the ids of their sessions.
    #[schema(schema_with = schema::client_ids)]
    pub client_ids: ClientIds,
    /// Seconds without use after which a session is over.
    pub idle_seconds: u64,
    /// Sessions that live at a time.
    pub live_max: u64,
    /// New sessions that one peer is given in a minute.
    pub new_per_minute: u64,
    /// Whether the id travels in a cookie too.
    #[schema(schema_with = schema::session_cookie)]
    pub cookie: SessionCookie,
}

impl From<&SessionPolicy> for SessionsBody {
    fn from(policy: &SessionPolicy) -> Self {
        Self {
            client_ids: policy.client_ids,
            idle_seconds: policy.idle_seconds,
            live_max: policy.live_max,
            new_per_minute: policy.new_per_minute,
            cookie: policy.cookie,
        }
    }
}

/// A session that lives. Its id is its client's alone and stands nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionListed {
    /// Names the session; no secret.
    #[schema(value_type = String)]
    pub session: SessionHandle,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was used last.
    #[schema(value_type = String, format = DateTime)]
    pub used_at: Timestamp,
    /// When it is over unless it is used before.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Whether anything was ever kept in it.
    pub has_namespace: bool,
}

/// Sessions of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionList {
    /// Those that were used last, the last one first.
    pub sessions: Vec<SessionListed>,
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Swept {
    /// Sessions that were over and are destroyed now.
    pub swept: u64,
}
