//! `PATCH /v1/tenants/{name}/identity`: which headers name a tenant's users, and whom it believes.

use anchorhold_wire::Code;
use anchorhold_wire::sources::{IdentityBody, PatchIdentity};

use super::{admin, identity_shown};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::patch(
        "/v1/tenants/{name}/identity",
        "tenant_identity_change",
        change,
    )
    .summary("Change which headers name a tenant's users, and whom it believes.")
    .takes::<PatchIdentity>()
    .gives::<IdentityBody>(200, "What holds from the next request on.")
    .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn change(call: &Call) -> Result<Reply, Refusal> {
    let changes = call.body::<PatchIdentity>()?;
    let settings = call.app.engine.identity_change(&admin(call)?, changes)?;
    Reply::ok(call, &identity_shown(&settings)?)
}
