//! `DELETE /v1/tenants/{name}/jwt-key-sets/{key_id}`: tokens of an issuer are refused at once.

use anchorhold_wire::Code;
use anchorhold_wire::key::Revoked;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::keys;
use crate::routes::tenants::admin;

pub(in crate::routes) fn route() -> Route {
    Route::delete(
        "/v1/tenants/{name}/jwt-key-sets/{key_id}",
        "tenant_jwt_key_set_end",
        end,
    )
    .summary("Take no more tokens of an issuer.")
    .gives::<Revoked>(200, "Its tokens are refused from now on.")
    .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn end(call: &Call) -> Result<Reply, Refusal> {
    keys::end(call, &admin(call)?)
}
