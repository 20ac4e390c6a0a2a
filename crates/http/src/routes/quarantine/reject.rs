//! `DELETE /v1/quarantine/{id}`: a tenant's admin destroys a sandbox with what is kept in it.

use anchorhold_wire::Code;
use anchorhold_wire::erase::Receipt;

use super::{handle, of_sandbox};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::erase;

pub(in crate::routes) fn route() -> Route {
    Route::delete("/v1/quarantine/{id}", "quarantine_reject", reject)
        .summary("Destroy a sandbox with what is kept in it.")
        .gives::<Receipt>(
            200,
            "What was destroyed, and what is left of it for a while.",
        )
        .refuses(&[
            Code::AccessForbidden,
            Code::NamespaceNotFound,
            Code::IdConflict,
            Code::AuditUnavailable,
        ])
}

fn reject(call: &Call) -> Result<Reply, Refusal> {
    let proof = call.tenant_admin()?;
    let receipt = call.app.engine.sandbox_reject(&proof, handle(call)?);
    Reply::ok(call, &erase::body(receipt.map_err(of_sandbox)?))
}
