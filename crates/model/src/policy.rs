//! What a tenant demands of identities, how its requests find a namespace, and who embeds.

use serde::{Deserialize, Serialize};

use crate::{ChatChanges, ChatPolicy, Egress, EmbeddingPolicy};

/// The strength of identity that a tenant demands. The strictest stands first: their order is their
/// strictness.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
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

impl TrustMode {
    /// The stricter of two.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        self.min(other)
    }
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

/// What a tenant is given, as it is stored. A new field needs a default: older rows lack it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantPolicy {
    /// What is demanded of identities.
    pub trust_mode: TrustMode,
    /// How requests find a namespace.
    pub isolation: Isolation,
    /// Who makes the vectors of new namespaces.
    #[serde(default)]
    pub embedding: EmbeddingPolicy,
    /// What may leave the house.
    #[serde(default)]
    pub egress: Egress,
    /// How memories stand in chats.
    #[serde(default)]
    pub chat: ChatPolicy,
}

/// Changes of a policy; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyChanges {
    /// What is demanded of identities.
    pub trust_mode: Option<TrustMode>,
    /// How requests find a namespace.
    pub isolation: Option<Isolation>,
    /// Who makes the vectors of new namespaces.
    pub embedding: Option<EmbeddingPolicy>,
    /// What may leave the house.
    pub egress: Option<Egress>,
    /// How memories stand in chats.
    pub chat: ChatChanges,
}

impl TenantPolicy {
    /// Whether texts would have to leave the house that may not.
    pub const fn needs_consent(&self) -> bool {
        matches!(self.embedding, EmbeddingPolicy::Remote { .. }) && !self.egress.embedding
    }

    /// The policy after the changes; `None` when they choose an embedder of another house and
    /// texts may not go there. Forbidding egress afterwards is always possible: the embedder is
    /// then refused when it is asked for.
    pub fn changed(self, changes: PolicyChanges) -> Option<Self> {
        let chooses_remote = matches!(changes.embedding, Some(EmbeddingPolicy::Remote { .. }));
        let after = Self {
            trust_mode: changes.trust_mode.unwrap_or(self.trust_mode),
            isolation: changes.isolation.unwrap_or(self.isolation),
            embedding: changes.embedding.unwrap_or(self.embedding),
            egress: changes.egress.unwrap_or(self.egress),
            chat: self.chat.changed(changes.chat),
        };
        (!chooses_remote || !after.needs_consent()).then_some(after)
    }
}
