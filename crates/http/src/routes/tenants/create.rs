//! `POST /v1/tenants`: makes a tenant.

use anchorhold_wire::Code;
use anchorhold_wire::tenant::{CreateTenant, NewTenant, TenantBody};

use super::body;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/tenants", "tenant_create", create)
        .summary("Make a tenant.")
        .takes::<CreateTenant>()
        .gives::<TenantBody>(201, "The tenant is made.")
        .refuses(&[
            Code::NameInvalid,
            Code::TenantExists,
            Code::AuditUnavailable,
        ])
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let NewTenant { name, policy } = call.body::<CreateTenant>()?;
    let proof = call.operator()?;
    let record = call.app.engine.tenant_create(&proof, name, policy)?;
    Reply::created(call, &body(&record))
}
