//! `GET /v1/tenants/{name}/hmac-keys`: the keys with which a tenant signs requests.

use anchorhold_wire::Code;
use anchorhold_wire::hmac_key::HmacKeyList;

use super::{admin, hmac_key_listed};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/tenants/{name}/hmac-keys", "tenant_hmac_key_list", list)
        .summary("List the keys with which a tenant signs requests.")
        .gives::<HmacKeyList>(200, "The keys, without their secrets.")
        .refuses(&[Code::RouteNotFound])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let keys = call.app.engine.hmac_key_list(&admin(call)?)?;
    let hmac_keys = keys.iter().map(hmac_key_listed).collect();
    Reply::ok(call, &HmacKeyList { hmac_keys })
}
