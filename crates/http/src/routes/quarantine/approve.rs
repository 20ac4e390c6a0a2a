//! `POST /v1/quarantine/{id}/approve`: a tenant's admin gives what is in a sandbox to a user.

use anchorhold_wire::Code;
use anchorhold_wire::quarantine::{ApproveSandbox, SandboxApproved};
use anchorhold_wire::whoami::SubjectBody;

use super::{handle, of_sandbox};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::{WRITES, erase};

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/quarantine/{id}/approve", "quarantine_approve", approve)
        .summary("Give what is kept in a sandbox to the user who is named here, and know them.")
        .takes::<ApproveSandbox>()
        .gives::<SandboxApproved>(200, "The memories are the user's, each with a mark.")
        .refuses(&[
            Code::NameInvalid,
            Code::AccessForbidden,
            Code::NamespaceNotFound,
            Code::IdConflict,
            Code::VersionConflict,
        ])
        .refuses(WRITES)
}

fn approve(call: &Call) -> Result<Reply, Refusal> {
    let approval = call.body::<ApproveSandbox>()?;
    let proof = call.tenant_admin()?;
    let sandbox = handle(call)?;
    let from = call.sandbox(&proof, sandbox)?;
    let to = call.approved(&proof, approval.user)?;
    let engine = &call.app.engine;
    let done = engine.sandbox_approve(&proof, sandbox, (from.as_ref(), &to), approval.version);
    let done = done.map_err(of_sandbox)?;
    Reply::ok(
        call,
        &SandboxApproved {
            user: SubjectBody::from(&done.user),
            moved: done.moved,
            receipt: erase::body(done.receipt),
        },
    )
}
