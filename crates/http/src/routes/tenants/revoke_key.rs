//! `DELETE /v1/tenants/{name}/keys/{key_id}`: the operator ends a key of a tenant, at once.

use anchorhold_wire::Code;
use anchorhold_wire::key::Revoked;

use super::admin;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::keys;

pub(in crate::routes) fn route() -> Route {
    Route::delete(
        "/v1/tenants/{name}/keys/{key_id}",
        "tenant_key_revoke",
        revoke,
    )
    .summary("End an API key of a tenant.")
    .gives::<Revoked>(200, "The key is refused from now on.")
    .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn revoke(call: &Call) -> Result<Reply, Refusal> {
    keys::end(call, &admin(call)?)
}
