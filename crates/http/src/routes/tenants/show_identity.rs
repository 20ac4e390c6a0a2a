//! `GET /v1/tenants/{name}/identity`: what a tenant configured about identities.

use anchorhold_wire::Code;
use anchorhold_wire::sources::IdentityBody;

use super::{admin, identity_shown};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/tenants/{name}/identity", "tenant_identity", show)
        .summary("Show which headers name a tenant's users, and whom it believes.")
        .gives::<IdentityBody>(200, "What is configured; secrets are not shown.")
        .refuses(&[Code::RouteNotFound])
}

fn show(call: &Call) -> Result<Reply, Refusal> {
    let settings = call.app.engine.identity_settings(&admin(call)?)?;
    Reply::ok(call, &identity_shown(&settings)?)
}
