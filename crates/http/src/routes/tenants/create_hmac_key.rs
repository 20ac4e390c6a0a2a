//! `POST /v1/tenants/{name}/hmac-keys`: the operator makes a key with which a tenant signs requests.

use anchorhold_model::hex;
use anchorhold_wire::Code;
use anchorhold_wire::hmac_key::{CreateHmacKey, HmacKeyCreated};

use super::{admin, hmac_key_listed};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::post(
        "/v1/tenants/{name}/hmac-keys",
        "tenant_hmac_key_create",
        create,
    )
    .summary("Make a key with which a tenant signs requests.")
    .takes::<CreateHmacKey>()
    .gives::<HmacKeyCreated>(201, "The key; its secret is not shown again.")
    .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let name = call.body::<CreateHmacKey>()?;
    let key = call.app.engine.hmac_key_create(&admin(call)?, name)?;
    Reply::created(
        call,
        &HmacKeyCreated {
            secret: hex(key.secret().expose()),
            listed: hmac_key_listed(&key),
        },
    )
}
