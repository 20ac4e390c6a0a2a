//! `GET /v1/quarantine/{id}`: a tenant's admin reads what is kept in a sandbox, to decide on it.

use anchorhold_memory::{Page, Shown};
use anchorhold_wire::Code;
use anchorhold_wire::quarantine::SandboxShown;

use super::{body, handle, of_sandbox};
use crate::call::Call;
use crate::query::{CURSOR, LIMIT};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::{READS, memories};

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/quarantine/{id}", "quarantine_show", show)
        .summary("Show a sandbox with what is kept in it.")
        .query(&[LIMIT, CURSOR])
        .gives::<SandboxShown>(200, "The sandbox and one page of its memories.")
        .refuses(&[
            Code::AccessForbidden,
            Code::NamespaceNotFound,
            Code::CursorInvalid,
            Code::AuditUnavailable,
        ])
        .refuses(READS)
}

fn show(call: &Call) -> Result<Reply, Refusal> {
    let page = Page {
        limit: call.query.limit()?,
        cursor: call.query.cursor().map(str::to_owned),
    };
    let proof = call.tenant_admin()?;
    let sandbox = handle(call)?;
    let scope = call.sandbox(&proof, sandbox)?;
    let shown = call
        .app
        .engine
        .sandbox_show(&proof, sandbox, scope.as_ref(), &page);
    let Shown {
        record,
        listed,
        version,
    } = shown.map_err(of_sandbox)?;
    Reply::ok(
        call,
        &SandboxShown {
            sandbox: body(&record),
            version,
            memories: memories::bodies(scope.as_ref(), &listed.memories),
            next_cursor: listed.next_cursor,
        },
    )
}
