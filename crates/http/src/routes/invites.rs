//! Invitations, one verb a file, and users who register themselves.

pub(super) mod create;
pub(super) mod list;
pub(super) mod redeem;
pub(super) mod register;
pub(super) mod revoke;

use anchorhold_identity::CredentialRecord;
use anchorhold_wire::invite::InviteListed;

/// An invitation as replies show it; nothing of a credential that is none.
fn listed(record: &CredentialRecord) -> Option<InviteListed> {
    Some(InviteListed {
        invite_id: record.key,
        name: record.name.clone(),
        user: record.user.as_ref()?.as_str().to_owned(),
        role: record.invite?,
        created_at: record.created_at,
        expires_at: record.expires_at,
    })
}
