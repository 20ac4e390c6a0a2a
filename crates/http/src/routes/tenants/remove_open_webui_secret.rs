//! `DELETE /v1/tenants/{name}/identity/open-webui-secret`: Open WebUI signs no more.

use anchorhold_model::IdentityChanges;
use anchorhold_wire::Code;
use anchorhold_wire::sources::IdentityBody;

use super::{admin, identity_shown};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::delete(
        "/v1/tenants/{name}/identity/open-webui-secret",
        "tenant_open_webui_secret_remove",
        remove,
    )
    .summary("Forget the secret with which Open WebUI signs who its users are.")
    .gives::<IdentityBody>(
        200,
        "Its plain headers are read again, as claims or assertions.",
    )
    .refuses(&[Code::RouteNotFound, Code::AuditUnavailable])
}

fn remove(call: &Call) -> Result<Reply, Refusal> {
    let changes = IdentityChanges {
        open_webui_secret: Some(None),
        ..IdentityChanges::default()
    };
    let settings = call.app.engine.identity_change(&admin(call)?, changes)?;
    Reply::ok(call, &identity_shown(&settings)?)
}
