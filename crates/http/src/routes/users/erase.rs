//! `DELETE /v1/users/{id}`: a tenant's admin erases a user of any issuer, by its handle.

use anchorhold_wire::Code;
use anchorhold_wire::erase::Receipt;

use super::handle;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::erase;

pub(in crate::routes) fn route() -> Route {
    Route::delete("/v1/users/{id}", "user_erase", erase_user)
        .summary(
            "Destroy a user with everything that is kept of them, whichever name the handle is of.",
        )
        .gives::<Receipt>(
            200,
            "What was destroyed, and what is left of it for a while.",
        )
        .refuses(&[
            Code::AccessForbidden,
            Code::UserNotFound,
            Code::IdConflict,
            Code::AuditUnavailable,
        ])
}

fn erase_user(call: &Call) -> Result<Reply, Refusal> {
    let proof = call.tenant_admin()?;
    let receipt = call.app.engine.user_erase(&proof, handle(call, "id")?)?;
    Reply::ok(call, &erase::body(receipt))
}
