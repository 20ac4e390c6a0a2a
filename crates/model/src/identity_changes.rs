//! What a tenant's operator changes about identities.

use std::fmt;

use ipnet::IpNet;

use crate::{Change, HeaderSource, JsonPointer, QuarantineChanges, SessionChanges, Timestamp};

/// Changes of what a tenant configured about identities; what is absent stays.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct IdentityChanges {
    /// The networks whose peers may say who a user is.
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// The headers that name a user, in their order.
    pub headers: Option<Vec<HeaderSource>>,
    /// What Open WebUI signs with, or nothing if it does not.
    pub open_webui_secret: Option<Option<String>>,
    /// How sessions live.
    pub sessions: Option<SessionChanges>,
    /// How sandboxes live.
    pub quarantine: Option<QuarantineChanges>,
    /// New users in a minute that one peer may register; 0 for nobody.
    pub registrations_per_minute: Option<u64>,
    /// Until when what was shared is read along with a user's own.
    pub shared_read_until: Change<Timestamp>,
    /// Where bodies name their users.
    pub metadata_pointer: Change<JsonPointer>,
    /// Whether the fields of OpenAI's API may name a user.
    pub body_user: Option<bool>,
}

impl fmt::Debug for IdentityChanges {
    /// Secrets do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IdentityChanges(..)")
    }
}
