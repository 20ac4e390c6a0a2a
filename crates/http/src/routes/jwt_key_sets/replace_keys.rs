//! `PATCH /v1/tenants/{name}/jwt-key-sets/{key_id}`: other keys for an issuer, or another place where it
//! publishes them.

use anchorhold_model::KeyId;
use anchorhold_wire::Code;
use anchorhold_wire::jwt_key_set::{JwtKeySetListed, ReplaceJwtKeys};

use super::{keys, shown};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::tenants::admin;

pub(in crate::routes) fn route() -> Route {
    Route::patch(
        "/v1/tenants/{name}/jwt-key-sets/{key_id}",
        "tenant_jwt_keys_replace",
        replace,
    )
    .summary("Give an issuer of signed tokens other keys.")
    .takes::<ReplaceJwtKeys>()
    .gives::<JwtKeySetListed>(200, "Tokens are checked by these keys from now on.")
    .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn replace(call: &Call) -> Result<Reply, Refusal> {
    let new = call.body::<ReplaceJwtKeys>()?;
    let proof = admin(call)?;
    let id = KeyId::parse(call.parameter("key_id")).ok_or_else(Refusal::key_not_found)?;
    let record = call.app.engine.jwt_keys_replace(&proof, id, &keys(new)?)?;
    Reply::ok(call, &shown(&call.app.engine, &record)?)
}
