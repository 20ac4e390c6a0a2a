//! `PATCH /v1/users/{id}`: a tenant's admin gives a user another role.

use anchorhold_wire::Code;
use anchorhold_wire::user::{PatchUser, UserBody};

use super::{body, handle};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::patch("/v1/users/{id}", "user_change", change)
        .summary("Give a user another role.")
        .takes::<PatchUser>()
        .gives::<UserBody>(200, "The user, as it counts from the next request on.")
        .refuses(&[
            Code::AccessForbidden,
            Code::UserNotFound,
            Code::IdConflict,
            Code::AuditUnavailable,
        ])
}

fn change(call: &Call) -> Result<Reply, Refusal> {
    let role = call.body::<PatchUser>()?;
    let proof = call.tenant_admin()?;
    let user = handle(call, "id")?;
    let user = call.app.engine.user_change(&proof, user, role)?;
    Reply::ok(call, &body(&user))
}
