//! `DELETE /v1/tenants/{name}/hmac-keys/{key_id}`: what the key signs is refused at once.

use anchorhold_model::KeyId;
use anchorhold_wire::Code;
use anchorhold_wire::key::Revoked;

use super::admin;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::delete(
        "/v1/tenants/{name}/hmac-keys/{key_id}",
        "tenant_hmac_key_revoke",
        revoke,
    )
    .summary("End a key with which a tenant signs requests.")
    .gives::<Revoked>(200, "What the key signs is refused from now on.")
    .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn revoke(call: &Call) -> Result<Reply, Refusal> {
    let proof = admin(call)?;
    let key_id = KeyId::parse(call.parameter("key_id")).ok_or_else(Refusal::key_not_found)?;
    call.app.engine.hmac_key_revoke(&proof, key_id)?;
    let revoked = true;
    Reply::ok(call, &Revoked { key_id, revoked })
}
