//! `GET /v1/users/{id}`: a tenant's admin sees a user by its handle.

use anchorhold_wire::Code;
use anchorhold_wire::user::UserBody;

use super::{body, handle};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/users/{id}", "user_get", get)
        .summary("Show a user, by its handle.")
        .gives::<UserBody>(200, "The user.")
        .refuses(&[Code::AccessForbidden, Code::UserNotFound])
}

fn get(call: &Call) -> Result<Reply, Refusal> {
    let proof = call.tenant_admin()?;
    let user = call.app.engine.user_get(&proof, handle(call, "id")?)?;
    Reply::ok(call, &body(&user))
}
