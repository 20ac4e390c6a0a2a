//! `POST /v1/invites`: a tenant's admin invites somebody to be a user.

use anchorhold_wire::Code;
use anchorhold_wire::invite::{CreateInvite, InviteCreated};

use super::listed;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

const SECONDS_AN_HOUR: u64 = 3_600;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/invites", "invite_create", create)
        .summary("Invite somebody to be a user; the invitation is worth one key of that user.")
        .takes::<CreateInvite>()
        .gives::<InviteCreated>(201, "The invitation, shown once.")
        .refuses(&[
            Code::NameInvalid,
            Code::AccessForbidden,
            Code::AuditUnavailable,
        ])
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let new = call.body::<CreateInvite>()?;
    let proof = call.tenant_admin()?;
    let expires_at = call
        .app
        .clock
        .now()
        .plus_seconds(new.hours * SECONDS_AN_HOUR);
    let (token, record) = call
        .app
        .engine
        .invite_create(&proof, new.name, new.user, new.role, expires_at)?;
    let listed = listed(&record).ok_or_else(|| Refusal::internal("an invitation of nobody"))?;
    let invite = token.reveal();
    Reply::created(call, &InviteCreated { invite, listed })
}
