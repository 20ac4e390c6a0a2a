//! `GET /v1/tenants/{name}/keys`: the living keys of a tenant, without their secrets.

use anchorhold_wire::Code;
use anchorhold_wire::key::KeyList;

use super::admin;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::keys;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/tenants/{name}/keys", "tenant_key_list", list)
        .summary("List the API keys of a tenant.")
        .gives::<KeyList>(200, "The keys, without their secrets.")
        .refuses(&[Code::RouteNotFound])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    keys::all(call, &admin(call)?)
}
