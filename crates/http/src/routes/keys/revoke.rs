//! `DELETE /v1/keys/{key_id}`: a tenant admin ends a key, at once.

use anchorhold_wire::Code;
use anchorhold_wire::key::Revoked;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::keys;

pub(in crate::routes) fn route() -> Route {
    Route::delete("/v1/keys/{key_id}", "key_revoke", revoke)
        .summary("End an API key of this tenant.")
        .gives::<Revoked>(200, "The key is refused from now on.")
        .refuses(&[
            Code::AccessForbidden,
            Code::RouteNotFound,
            Code::AuditUnavailable,
        ])
}

fn revoke(call: &Call) -> Result<Reply, Refusal> {
    keys::end(call, &call.tenant_admin()?)
}
