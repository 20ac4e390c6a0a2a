//! `GET /v1/keys`: a tenant admin lists the living keys, without their secrets.

use anchorhold_wire::Code;
use anchorhold_wire::key::KeyList;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::keys;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/keys", "key_list", list)
        .summary("List the API keys of this tenant.")
        .gives::<KeyList>(200, "The keys, without their secrets.")
        .refuses(&[Code::AccessForbidden])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    keys::all(call, &call.tenant_admin()?)
}
