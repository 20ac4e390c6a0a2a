//! Every error code: its word, its HTTP status, and what the caller should do.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::schema;

macro_rules! codes {
    ($($status:literal $variant:ident $word:literal $advice:literal)*) => {
        /// Why a request was refused. The word, the status and the type never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $advice] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the statuses.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in replies.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// What the caller should do.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)* }
            }
        }
    };
}

codes! {
    400 JsonInvalid "json_invalid" "Send one JSON value without duplicate keys, not nested too deep."
    400 NameInvalid "name_invalid" "Choose a name or id that keeps the rules of address parts; it is never repaired."
    400 IdentityRequired "identity_required" "Say who the user is in one of the headers that the message names."
    400 IdentityHeaderInvalid "identity_header_invalid" "Send the identity header once, with one expanded value."
    400 IsolationKeyRequired "isolation_key_required" "Send x-isolation-key; this tenant chooses the namespace by it."
    400 NamespaceConflict "namespace_conflict" "Name the namespace in one place, or the same in all."
    400 CursorInvalid "cursor_invalid" "Start the list again without a cursor; cursors end after a day and fit one list."
    400 PathNotCanonical "path_not_canonical" "Send the path as documented, without dots, doubled slashes or escapes."
    400 ContextLengthExceeded "context_length_exceeded" "Send a shorter last message, or ask for a shorter answer: the model takes no more."
    401 CredentialMissing "credential_missing" "Send Authorization: Bearer with a key of this listener."
    401 CredentialInvalid "credential_invalid" "Use another key: this one is unknown, revoked, expired or of another listener."
    401 IdentityMissing "identity_missing" "Prove who the user is; this tenant accepts no anonymous request."
    403 NamespaceForbidden "namespace_forbidden" "Use a key with a grant on that namespace, whether it exists or not."
    403 AccessForbidden "access_forbidden" "Use a key that may do this; the one sent may not."
    403 IdentityUnverified "identity_unverified" "Prove the identity; this tenant does not take a header's word."
    403 IdentityNotPermitted "identity_not_permitted" "Use a key with act_as, or a key bound to the user."
    403 IdentityConflict "identity_conflict" "Send evidence of one user alone; what was sent names two."
    403 ModelForbidden "model_forbidden" "Use a model that the policy allows."
    404 MemoryNotFound "memory_not_found" "Check the id; no such memory is in this namespace."
    404 NamespaceNotFound "namespace_not_found" "Create the namespace first or check its name."
    404 UserNotFound "user_not_found" "Check the user; nothing is kept for that id."
    404 RouteNotFound "route_not_found" "Check method, path and listener."
    404 ModelNotFound "model_not_found" "Ask for a model that GET /v1/models lists."
    409 NamespaceExists "namespace_exists" "Use the namespace that has this name, or choose another name."
    409 TenantExists "tenant_exists" "Use the tenant that has this name, or choose another name."
    409 VersionConflict "version_conflict" "Read the memory again and repeat the change on its newest version."
    409 IdConflict "id_conflict" "Choose another id; this one belongs to a memory with other content."
    409 IdempotencyInProgress "idempotency_in_progress" "Wait for the first request with this Idempotency-Key, then repeat."
    413 BodyTooLarge "body_too_large" "Send a smaller body, for example several batches."
    413 ContentTooLarge "content_too_large" "Split the content into several memories."
    413 QuotaExceeded "quota_exceeded" "Delete memories or ask the operator for more room."
    415 MediaTypeUnsupported "media_type_unsupported" "Send Content-Type: application/json."
    422 RequestInvalid "request_invalid" "Correct the field that the reply names."
    422 FilterInvalid "filter_invalid" "Correct the filter as the message says."
    422 GrantPatternInvalid "grant_pattern_invalid" "Grant an exact name, a subtree such as org/acme/**, or **."
    422 IdempotencyMismatch "idempotency_mismatch" "Use a new Idempotency-Key; this one belongs to another body."
    422 NotAvailableYet "not_available_yet" "Leave the feature out; this version knows its name alone."
    423 NamespaceSealed "namespace_sealed" "Ask the tenant to unseal the namespace."
    429 RateLimited "rate_limited" "Wait as long as Retry-After says, then repeat."
    429 QueueFull "queue_full" "Wait as long as Retry-After says, then repeat, with fewer requests at once."
    429 BudgetExceeded "budget_exceeded" "Wait for the next period of the budget or ask for a larger one."
    429 SessionLimit "session_limit" "Wait as long as Retry-After says, or end sessions that are not needed."
    500 Internal "internal" "Report the request_id to the operator; a write may or may not have happened."
    500 NamespaceUnavailable "namespace_unavailable" "Report the request_id to the operator: the namespace does not open."
    502 UpstreamFailed "upstream_failed" "Repeat later; if it goes on, tell the operator: the model server does not answer as it should."
    503 UpstreamUnavailable "upstream_unavailable" "Wait as long as Retry-After says, then repeat; the model server failed several times."
    504 UpstreamTimeout "upstream_timeout" "Repeat later, or with a shorter prompt: the model server took too long."
    503 AuditUnavailable "audit_unavailable" "Wait as long as Retry-After says, then repeat; nothing was done."
    503 Maintenance "maintenance" "Wait as long as Retry-After says, then repeat."
    503 NamespacePoisoned "namespace_poisoned" "Wait as long as Retry-After says, then repeat; writes wait until the store is reopened."
    503 Overloaded "overloaded" "Wait as long as Retry-After says, then repeat, with fewer requests at once."
}

impl Code {
    /// OpenAI's word for errors of this sort.
    pub const fn kind(self) -> &'static str {
        match self.status() {
            400 | 413 | 415 | 422 => "invalid_request_error",
            401 => "authentication_error",
            403 | 423 => "permission_error",
            404 => "not_found_error",
            409 => "conflict_error",
            429 => "rate_limit_error",
            _ => "server_error",
        }
    }

    /// The seconds for `Retry-After` when the server knows no better; `None` when repeating the
    /// same request cannot help.
    pub const fn retries(self) -> Option<u64> {
        match self {
            Self::IdempotencyInProgress
            | Self::RateLimited
            | Self::QueueFull
            | Self::AuditUnavailable
            | Self::NamespacePoisoned
            | Self::Overloaded => Some(1),
            Self::UpstreamUnavailable => Some(10),
            Self::Maintenance => Some(30),
            Self::BudgetExceeded | Self::SessionLimit => Some(60),
            _ => None,
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| serde::de::Error::custom("not a known error code"))
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        schema::words(Self::ALL.iter().map(|code| code.as_str()))
    }
}

impl ToSchema for Code {}
