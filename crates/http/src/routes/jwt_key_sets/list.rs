//! `GET /v1/tenants/{name}/jwt-key-sets`: the issuers whose tokens a tenant takes.

use anchorhold_wire::Code;
use anchorhold_wire::jwt_key_set::JwtKeySetList;

use super::listed;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::tenants::admin;

pub(in crate::routes) fn route() -> Route {
    Route::get(
        "/v1/tenants/{name}/jwt-key-sets",
        "tenant_jwt_key_set_list",
        list,
    )
    .summary("List the issuers whose signed tokens a tenant takes.")
    .gives::<JwtKeySetList>(200, "The issuers, without their keys.")
    .refuses(&[Code::RouteNotFound])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let engine = &call.app.engine;
    let records = engine.jwt_key_set_list(&admin(call)?)?;
    let sets = records.iter().filter_map(|record| listed(engine, record));
    let jwt_key_sets = sets.collect();
    Reply::ok(call, &JwtKeySetList { jwt_key_sets })
}
