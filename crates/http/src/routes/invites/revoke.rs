//! `DELETE /v1/invites/{key_id}`: a tenant's admin takes an invitation back.

use anchorhold_model::KeyId;
use anchorhold_wire::Code;
use anchorhold_wire::invite::InviteRevoked;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::delete("/v1/invites/{key_id}", "invite_revoke", revoke)
        .summary("Take an invitation back that nobody has used.")
        .gives::<InviteRevoked>(200, "It is worth nothing from now on.")
        .refuses(&[
            Code::AccessForbidden,
            Code::RouteNotFound,
            Code::AuditUnavailable,
        ])
}

fn revoke(call: &Call) -> Result<Reply, Refusal> {
    let proof = call.tenant_admin()?;
    let invite_id = KeyId::parse(call.parameter("key_id")).ok_or_else(Refusal::key_not_found)?;
    call.app.engine.invite_revoke(&proof, invite_id)?;
    let revoked = true;
    Reply::ok(call, &InviteRevoked { invite_id, revoked })
}
