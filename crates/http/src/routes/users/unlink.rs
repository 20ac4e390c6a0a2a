//! `DELETE /v1/users/{id}/links/{link_id}`: a tenant's admin takes a second name from a user.

use anchorhold_wire::Code;
use anchorhold_wire::user::UserBody;

use super::{body, handle};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::delete("/v1/users/{id}/links/{link_id}", "user_unlink", unlink)
        .summary("Take a second name from a user; what was kept stays with the user.")
        .gives::<UserBody>(200, "The user with the names that are left.")
        .refuses(&[
            Code::AccessForbidden,
            Code::UserNotFound,
            Code::AuditUnavailable,
        ])
}

fn unlink(call: &Call) -> Result<Reply, Refusal> {
    let proof = call.tenant_admin()?;
    let (user, name) = (handle(call, "id")?, handle(call, "link_id")?);
    let user = call.app.engine.user_unlink(&proof, user, name)?;
    Reply::ok(call, &body(&user))
}
