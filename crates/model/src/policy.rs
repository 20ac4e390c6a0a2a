//! What a tenant demands of identities, and how its requests find a namespace.

use serde::{Deserialize, Serialize};

/// The strength of identity that a tenant demands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrustMode {
    /// Only proven identities.
    Strict,
    /// Proven ones, and those that an entitled key asserts.
    #[default]
    Required,
    /// Unknown identities work in a sandbox.
    Quarantine,
    /// Everything is accepted, with an advisory.
    Legacy,
}

/// How the namespace is chosen when the request names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// One namespace per user.
    #[default]
    User,
    /// One namespace per session.
    Session,
    /// One namespace per key that the application sends.
    Custom,
    /// One namespace for the tenant.
    None,
}

/// Both, as a tenant holds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantPolicy {
    /// What is demanded of identities.
    pub trust_mode: TrustMode,
    /// How requests find a namespace.
    pub isolation: Isolation,
}
