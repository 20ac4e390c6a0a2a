//! Isolation sessions: a namespace for whoever holds an id that this server gave out, for as long as
//! it is used. No conversation, and no login.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::{
    SESSION_IDLE_SECONDS_MAX, SESSION_IDLE_SECONDS_MIN, SESSIONS_LIVE_MAX, SESSIONS_NEW_MAX,
};
use crate::{hex, unhex};

/// What a client shows: 128 bits. Whoever holds them holds the session, so they are no name: they are
/// stored as a keyed hash, and nothing but the reply to the client ever tells them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the id.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads 32 lower-case hexadecimal digits, or a UUID in lower case, which stands for its digits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() == 36 {
            return Self::parse_uuid(text);
        }
        unhex(text).map(Self)
    }

    /// Reads a UUID of version 4, the only id that a client may have drawn itself.
    pub fn parse_drawn_by_client(text: &str) -> Option<Self> {
        let id = Self::parse_uuid(text)?;
        let [_, _, _, _, _, _, version, _, variant, ..] = id.0;
        (version >> 4 == 4 && variant >> 6 == 2).then_some(id)
    }

    fn parse_uuid(text: &str) -> Option<Self> {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        if lengths != [8, 4, 4, 4, 12] {
            return None;
        }
        unhex(&groups.concat()).map(Self)
    }

    /// The 32 digits, for the client alone.
    pub fn reveal(&self) -> String {
        hex(&self.0)
    }
}

impl fmt::Debug for SessionId {
    /// Secrets do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SessionId(..)")
    }
}

/// Whether clients may draw the ids of their sessions themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientIds {
    /// An unknown UUID of version 4 becomes a session at first use. Whoever can make a client use an id
    /// that they know, reads its session.
    Adopt,
    /// An unknown id is answered with another one.
    #[default]
    Reissue,
}

/// Whether the id travels in a cookie too, over TLS alone. It is never readable by scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionCookie {
    /// In the header alone.
    #[default]
    Off,
    /// In a cookie for pages of the same site.
    Lax,
    /// In a cookie for pages of every site.
    None,
}

/// How sessions of a tenant live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionPolicy {
    /// Whether clients may draw ids.
    pub client_ids: ClientIds,
    /// Seconds without use after which a session is over.
    pub idle_seconds: u64,
    /// Sessions that live at a time.
    pub live_max: u64,
    /// New sessions that one peer is given in a minute.
    pub new_per_minute: u64,
    /// Whether the id travels in a cookie.
    pub cookie: SessionCookie,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self {
            client_ids: ClientIds::default(),
            idle_seconds: 86_400,
            live_max: 100_000,
            new_per_minute: 300,
            cookie: SessionCookie::default(),
        }
    }
}

/// Changes of it; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionChanges {
    /// Whether clients may draw ids.
    pub client_ids: Option<ClientIds>,
    /// Seconds without use.
    pub idle_seconds: Option<u64>,
    /// Sessions at a time.
    pub live_max: Option<u64>,
    /// New ones in a minute.
    pub new_per_minute: Option<u64>,
    /// The cookie.
    pub cookie: Option<SessionCookie>,
}

/// Why a policy is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionPolicyError {
    /// The time is too short or too long.
    #[error("must be {SESSION_IDLE_SECONDS_MIN} to {SESSION_IDLE_SECONDS_MAX} seconds")]
    IdleSeconds,
    /// Too few or too many.
    #[error("must be 1 to {SESSIONS_LIVE_MAX}")]
    LiveMax,
    /// Too few or too many.
    #[error("must be 1 to {SESSIONS_NEW_MAX}")]
    NewPerMinute,
}

impl SessionPolicyError {
    /// The field that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::IdleSeconds => "idle_seconds",
            Self::LiveMax => "live_max",
            Self::NewPerMinute => "new_per_minute",
        }
    }
}

impl SessionPolicy {
    /// The policy after the changes.
    pub fn changed(&self, changes: &SessionChanges) -> Result<Self, SessionPolicyError> {
        let policy = Self {
            client_ids: changes.client_ids.unwrap_or(self.client_ids),
            idle_seconds: changes.idle_seconds.unwrap_or(self.idle_seconds),
            live_max: changes.live_max.unwrap_or(self.live_max),
            new_per_minute: changes.new_per_minute.unwrap_or(self.new_per_minute),
            cookie: changes.cookie.unwrap_or(self.cookie),
        };
        if !(SESSION_IDLE_SECONDS_MIN..=SESSION_IDLE_SECONDS_MAX).contains(&policy.idle_seconds) {
            return Err(SessionPolicyError::IdleSeconds);
        }
        if !(1..=SESSIONS_LIVE_MAX).contains(&policy.live_max) {
            return Err(SessionPolicyError::LiveMax);
        }
        if !(1..=SESSIONS_NEW_MAX).contains(&policy.new_per_minute) {
            return Err(SessionPolicyError::NewPerMinute);
        }
        Ok(policy)
    }
}

#[cfg(test)]
mod tests;
