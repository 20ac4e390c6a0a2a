//! `POST /v1/tenants/{name}/keys`: the operator makes a key of a tenant.

use anchorhold_wire::Code;
use anchorhold_wire::key::{CreateKey, KeyCreated};

use super::admin;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::keys;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/tenants/{name}/keys", "tenant_key_create", create)
        .summary("Make an API key of a tenant.")
        .takes::<CreateKey>()
        .gives::<KeyCreated>(201, "The key; it is not shown again.")
        .refuses(&[
            Code::RouteNotFound,
            Code::NameInvalid,
            Code::GrantPatternInvalid,
            Code::AuditUnavailable,
        ])
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let new = keys::new_key(call)?;
    keys::make(call, &admin(call)?, new)
}
