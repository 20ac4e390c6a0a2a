//! How sandboxes of the quarantine live: what is kept for people whom a tenant does not know yet.

use serde::{Deserialize, Serialize};

use crate::limits::{
    SANDBOX_MEMORIES_MAX, SESSION_IDLE_SECONDS_MAX, SESSION_IDLE_SECONDS_MIN, SESSIONS_LIVE_MAX,
    SESSIONS_NEW_MAX,
};

/// How sandboxes of a tenant live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuarantinePolicy {
    /// Seconds without use after which a sandbox is over.
    pub idle_seconds: u64,
    /// Sandboxes that live at a time.
    pub live_max: u64,
    /// New sandboxes that one peer is given in a minute.
    pub new_per_minute: u64,
    /// Memories in each.
    pub memories_max: u64,
}

impl Default for QuarantinePolicy {
    fn default() -> Self {
        Self {
            idle_seconds: 604_800,
            live_max: 1_000,
            new_per_minute: 60,
            memories_max: 200,
        }
    }
}

/// Changes of it; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuarantineChanges {
    /// Seconds without use.
    pub idle_seconds: Option<u64>,
    /// Sandboxes at a time.
    pub live_max: Option<u64>,
    /// New ones in a minute.
    pub new_per_minute: Option<u64>,
    /// Memories in each.
    pub memories_max: Option<u64>,
}

/// Why a policy is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuarantinePolicyError {
    /// The time is too short or too long.
    #[error("must be {SESSION_IDLE_SECONDS_MIN} to {SESSION_IDLE_SECONDS_MAX} seconds")]
    IdleSeconds,
    /// Too few or too many.
    #[error("must be 1 to {SESSIONS_LIVE_MAX}")]
    LiveMax,
    /// Too few or too many.
    #[error("must be 1 to {SESSIONS_NEW_MAX}")]
    NewPerMinute,
    /// Too few or too many.
    #[error("must be 1 to {SANDBOX_MEMORIES_MAX}")]
    MemoriesMax,
}

impl QuarantinePolicyError {
    /// The field that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::IdleSeconds => "idle_seconds",
            Self::LiveMax => "live_max",
            Self::NewPerMinute => "new_per_minute",
            Self::MemoriesMax => "memories_max",
        }
    }
}

impl QuarantinePolicy {
    /// The policy after the changes.
    pub fn changed(&self, changes: &QuarantineChanges) -> Result<Self, QuarantinePolicyError> {
        let policy = Self {
            idle_seconds: changes.idle_seconds.unwrap_or(self.idle_seconds),
            live_max: changes.live_max.unwrap_or(self.live_max),
            new_per_minute: changes.new_per_minute.unwrap_or(self.new_per_minute),
            memories_max: changes.memories_max.unwrap_or(self.memories_max),
        };
        if !(SESSION_IDLE_SECONDS_MIN..=SESSION_IDLE_SECONDS_MAX).contains(&policy.idle_seconds) {
            return Err(QuarantinePolicyError::IdleSeconds);
        }
        if !(1..=SESSIONS_LIVE_MAX).contains(&policy.live_max) {
            return Err(QuarantinePolicyError::LiveMax);
        }
        if !(1..=SESSIONS_NEW_MAX).contains(&policy.new_per_minute) {
            return Err(QuarantinePolicyError::NewPerMinute);
        }
        if !(1..=SANDBOX_MEMORIES_MAX).contains(&policy.memories_max) {
            return Err(QuarantinePolicyError::MemoriesMax);
        }
        Ok(policy)
    }
}
