//! `POST /v1/users/{id}/links`: a tenant's admin gives a user a second name.

use anchorhold_wire::Code;
use anchorhold_wire::user::{NameUser, UserBody};

use super::{body, handle};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/users/{id}/links", "user_link", link)
        .summary("Make an id another name of a user: whoever comes under it is that user.")
        .takes::<NameUser>()
        .gives::<UserBody>(200, "The user with its second names.")
        .refuses(&[
            Code::NameInvalid,
            Code::AccessForbidden,
            Code::UserNotFound,
            Code::NamespaceExists,
            Code::IdConflict,
            Code::AuditUnavailable,
        ])
}

fn link(call: &Call) -> Result<Reply, Refusal> {
    let name = call.body::<NameUser>()?;
    let proof = call.tenant_admin()?;
    let user = handle(call, "id")?;
    let user = call.app.engine.user_link(&proof, user, &name)?;
    Reply::ok(call, &body(&user))
}
