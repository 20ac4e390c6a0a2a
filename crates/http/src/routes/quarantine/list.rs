//! `GET /v1/quarantine`: a tenant's admin sees who waits there.

use anchorhold_wire::Code;
use anchorhold_wire::quarantine::SandboxList;

use super::body;
use crate::call::Call;
use crate::query::LIMIT;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/quarantine", "quarantine_list", list)
        .summary("List the sandboxes of this tenant that were used last.")
        .query(&[LIMIT])
        .gives::<SandboxList>(200, "The sandboxes, without what is kept in them.")
        .refuses(&[Code::AccessForbidden])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let limit = call.query.limit()?;
    let records = call.app.engine.sandbox_list(&call.tenant_admin()?, limit)?;
    let sandboxes = records.iter().map(body).collect();
    Reply::ok(call, &SandboxList { sandboxes })
}
