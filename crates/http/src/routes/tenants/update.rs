//! `PATCH /v1/tenants/{name}`: gives a tenant another policy.

use anchorhold_wire::Code;
use anchorhold_wire::tenant::{PatchTenant, TenantBody};

use super::{body, name};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::patch("/v1/tenants/{name}", "tenant_update", update)
        .summary("Give a tenant another policy.")
        .takes::<PatchTenant>()
        .gives::<TenantBody>(200, "The tenant after the change.")
        .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn update(call: &Call) -> Result<Reply, Refusal> {
    let changes = call.body::<PatchTenant>()?;
    let proof = call.operator()?;
    let name = name(call)?;
    let engine = &call.app.engine;
    let record = engine.tenant_update(&proof, &name, changes)?;
    Reply::ok(call, &body(&record))
}
