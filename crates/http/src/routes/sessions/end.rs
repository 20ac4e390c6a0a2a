//! `DELETE /v1/sessions/{id}`: a tenant admin ends a session and destroys what is kept in it.

use anchorhold_model::SessionHandle;
use anchorhold_wire::Code;
use anchorhold_wire::erase::Receipt;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::erase;

pub(in crate::routes) fn route() -> Route {
    Route::delete("/v1/sessions/{id}", "session_end", end)
        .summary("End a session and destroy what is kept in it.")
        .gives::<Receipt>(
            200,
            "What was destroyed, and what is left of it for a while.",
        )
        .refuses(&[
            Code::AccessForbidden,
            Code::NamespaceNotFound,
            Code::AuditUnavailable,
        ])
}

fn end(call: &Call) -> Result<Reply, Refusal> {
    let proof = call.tenant_admin()?;
    let session = SessionHandle::parse(call.parameter("id"));
    let session = session.ok_or_else(Refusal::session_not_found)?;
    let receipt = call.app.engine.session_end(&proof, session);
    Reply::ok(call, &erase::body(receipt.map_err(erase::of_session)?))
}
