//! `POST /v1/tenants/{name}/jwt-key-sets`: a tenant takes tokens of an issuer from now on.

use anchorhold_identity::JwtKeySet;
use anchorhold_wire::Code;
use anchorhold_wire::jwt_key_set::{CreateJwtKeySet, JwtKeySetListed};

use super::{keys, shown};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::tenants::admin;

pub(in crate::routes) fn route() -> Route {
    Route::post(
        "/v1/tenants/{name}/jwt-key-sets",
        "tenant_jwt_key_set_create",
        create,
    )
    .summary("Take signed tokens of an issuer.")
    .takes::<CreateJwtKeySet>()
    .gives::<JwtKeySetListed>(201, "Its tokens are taken from now on.")
    .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let new = call.body::<CreateJwtKeySet>()?;
    let proof = admin(call)?;
    let set = JwtKeySet {
        name: new.name,
        vouches: new.vouches,
        iss: new.iss,
        audience: new.audience,
        role_claim: new.role_claim,
        leeway_seconds: new.leeway_seconds,
        lifetime_seconds_max: None,
        keys: keys(new.keys)?,
    };
    let record = call.app.engine.jwt_key_set_create(&proof, &set)?;
    Reply::created(call, &shown(&call.app.engine, &record)?)
}
