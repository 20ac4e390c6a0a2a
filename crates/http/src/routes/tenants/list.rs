//! `GET /v1/tenants`: every tenant.

use anchorhold_wire::tenant::TenantList;

use super::body;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/tenants", "tenant_list", list)
        .summary("List the tenants.")
        .gives::<TenantList>(200, "The tenants.")
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let records = call.app.engine.tenant_list(&call.operator()?)?;
    Reply::ok(
        call,
        &TenantList {
            tenants: records.iter().map(|record| body(record)).collect(),
        },
    )
}
