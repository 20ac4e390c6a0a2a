//! The quarantine: how sandboxes live, as a tenant sets it, those that live, and what becomes of them.

use anchorhold_model::{
    KeyId, QuarantineChanges, QuarantinePolicy, SandboxHandle, Timestamp, User,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::erase::Receipt;
use crate::memory::MemoryBody;
use crate::user::NameUser;
use crate::whoami::{Strength, SubjectBody};
use crate::{Rejection, Request, redacted_debug, sources};

/// Changes how sandboxes live; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchQuarantine {
    /// Seconds without use after which a sandbox is over: 60 to 31536000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_seconds: Option<u64>,
    /// Sandboxes that live at a time; a further one is 429 `session_limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_max: Option<u64>,
    /// New sandboxes that one peer is given in a minute; a further one is 429 `session_limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_per_minute: Option<u64>,
    /// Memories in each sandbox; a further one is 413 `quota_exceeded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memories_max: Option<u64>,
}

impl PatchQuarantine {
    /// The changes, each within its bounds.
    pub(crate) fn changes(self) -> Result<QuarantineChanges, Rejection> {
        let changes = QuarantineChanges {
            idle_seconds: self.idle_seconds,
            live_max: self.live_max,
            new_per_minute: self.new_per_minute,
            memories_max: self.memories_max,
        };
        // Each bound holds by itself, whatever was set before.
        QuarantinePolicy::default()
            .changed(&changes)
            .map_err(|error| sources::invalid(&format!("quarantine.{}", error.field()), error))?;
        Ok(changes)
    }
}

/// How sandboxes live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuarantineBody {
    /// Seconds without use after which a sandbox is over.
    pub idle_seconds: u64,
    /// Sandboxes that live at a time.
    pub live_max: u64,
    /// New sandboxes that one peer is given in a minute.
    pub new_per_minute: u64,
    /// Memories in each.
    pub memories_max: u64,
}

impl From<&QuarantinePolicy> for QuarantineBody {
    fn from(policy: &QuarantinePolicy) -> Self {
        Self {
            idle_seconds: policy.idle_seconds,
            live_max: policy.live_max,
            new_per_minute: policy.new_per_minute,
            memories_max: policy.memories_max,
        }
    }
}

/// A sandbox: what somebody keeps whom the tenant does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SandboxBody {
    /// Names the sandbox; no secret.
    #[schema(value_type = String)]
    pub sandbox: SandboxHandle,
    /// Who was named; null where nobody was. Nobody has proved it.
    pub claim: Option<SubjectBody>,
    /// By which source, such as `x-anchorhold-user`.
    pub source: Option<String>,
    /// How sure that is: `asserted`, `claimed`, or `none` where nobody was named.
    pub strength: Strength,
    /// The key with which it began.
    #[schema(value_type = String)]
    pub key_id: KeyId,
    /// Who gets what is kept in it, where an approval has begun and has not come to its end: repeat it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_for: Option<SubjectBody>,
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

/// Sandboxes of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SandboxList {
    /// Those that were used last, the last one first.
    pub sandboxes: Vec<SandboxBody>,
}

/// A sandbox with what is kept in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SandboxShown {
    /// The sandbox.
    #[serde(flatten)]
    pub sandbox: SandboxBody,
    /// What changes with every write; an approval that names it approves what is shown.
    pub version: u64,
    /// One page of its memories, newest first.
    pub memories: Vec<MemoryBody>,
    /// Where the next page goes on; null on the last.
    pub next_cursor: Option<String>,
}

/// Gives what is kept in a sandbox to a user, whom the approver names: a claim names nobody.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveSandbox {
    /// The id of the user, as the issuer writes it.
    pub user: String,
    /// Who vouches for the id; `local` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The `version` that was shown: 409 `version_conflict` when something was written since. Not looked at
    /// when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}
redacted_debug!(ApproveSandbox);

/// An approval, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Approval {
    /// Whose it is.
    pub user: User,
    /// The version that was shown.
    pub version: Option<u64>,
}
redacted_debug!(Approval);

impl Request for ApproveSandbox {
    type Domain = Approval;

    fn into_domain(self) -> Result<Approval, Rejection> {
        let (id, issuer, version) = (self.user, self.issuer, self.version);
        let named = NameUser { id, issuer }.into_domain();
        let user = named.map_err(|rejection| match rejection.field.as_deref() {
            Some("id") => Rejection {
                field: Some("user".to_owned()),
                ..rejection
            },
            _ => rejection,
        })?;
        Ok(Approval { user, version })
    }
}

/// What an approval did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SandboxApproved {
    /// Whose the memories are now.
    pub user: SubjectBody,
    /// Memories that were moved.
    pub moved: u64,
    /// What was destroyed of the sandbox once they were there.
    pub receipt: Receipt,
}
