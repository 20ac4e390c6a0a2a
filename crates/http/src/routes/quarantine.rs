//! The quarantine of a tenant, one verb a file; for a tenant's admins.

pub(super) mod approve;
pub(super) mod list;
pub(super) mod reject;
pub(super) mod show;

use anchorhold_memory::{Error, SandboxRecord};
use anchorhold_model::SandboxHandle;
use anchorhold_wire::quarantine::SandboxBody;
use anchorhold_wire::whoami::{Strength, SubjectBody};

use crate::call::Call;
use crate::refusal::Refusal;

/// The handle in the path; whatever is none names no sandbox.
fn handle(call: &Call) -> Result<SandboxHandle, Refusal> {
    SandboxHandle::parse(call.parameter("id")).ok_or_else(Refusal::sandbox_not_found)
}

/// The refusal of what concerns one sandbox: there is none of this handle, for one.
fn of_sandbox(error: Error) -> Refusal {
    match error {
        Error::NamespaceNotFound => Refusal::sandbox_not_found(),
        error => error.into(),
    }
}

fn body(record: &SandboxRecord) -> SandboxBody {
    SandboxBody {
        sandbox: record.handle,
        claim: record.claim.as_ref().map(SubjectBody::from),
        source: record.source.clone(),
        strength: match (&record.claim, record.is_asserted) {
            (None, _) => Strength::None,
            (Some(_), true) => Strength::Asserted,
            (Some(_), false) => Strength::Claimed,
        },
        key_id: record.by,
        approved_for: record.approved_for.as_ref().map(SubjectBody::from),
        created_at: record.created_at,
        used_at: record.used_at,
        expires_at: record.expires_at,
        has_namespace: record.namespace.is_some(),
    }
}
