//! Users of a tenant, one verb a file; for a tenant's admins.

pub(super) mod change;
pub(super) mod create;
pub(super) mod erase;
pub(super) mod get;
pub(super) mod link;
pub(super) mod list;
pub(super) mod lookup;
pub(super) mod unlink;

use anchorhold_memory::UserRecord;
use anchorhold_model::UserHandle;
use anchorhold_wire::user::{UserBody, UserName};
use anchorhold_wire::whoami::SubjectBody;

use crate::call::Call;
use crate::refusal::Refusal;

/// The handle in the path; whatever is none names nobody.
fn handle(call: &Call, parameter: &'static str) -> Result<UserHandle, Refusal> {
    UserHandle::parse(call.parameter(parameter)).ok_or_else(Refusal::user_not_found)
}

pub(super) fn body(record: &UserRecord) -> UserBody {
    let links = record.links.iter();
    UserBody {
        name: UserName::of(record.handle, &record.user),
        role: record.role,
        known: record.is_known,
        linked_to: record.linked_to.as_ref().map(SubjectBody::from),
        links: links
            .map(|(handle, user)| UserName::of(*handle, user))
            .collect(),
        created_at: record.created_at,
    }
}
