//! Whether the process lives, and whether traffic should come.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = HealthStatus)]
pub enum Status {
    /// Nothing is wrong.
    Ok,
    /// It lives, and something does not work.
    Degraded,
}

/// The process lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthReply {
    /// How it is.
    pub status: Status,
    /// The version of the server.
    pub version: String,
    /// What does not work, in plain words; empty when all does.
    pub degraded: Vec<String>,
}

/// Whether traffic should come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadyReply {
    /// Whether it should.
    pub ready: bool,
    /// Why not, in plain words.
    pub reasons: Vec<String>,
}
