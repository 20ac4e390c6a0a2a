//! `POST /v1/users`: a tenant's admin makes a user known, before or after its first request.

use anchorhold_wire::Code;
use anchorhold_wire::user::{CreateUser, UserBody};

use super::body;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/users", "user_create", create)
        .summary("Make a user known to this tenant.")
        .takes::<CreateUser>()
        .gives::<UserBody>(201, "There was nothing of the user before.")
        .gives::<UserBody>(200, "There was a user of this id, who is known now.")
        .refuses(&[
            Code::NameInvalid,
            Code::AccessForbidden,
            Code::IdConflict,
            Code::AuditUnavailable,
        ])
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let new = call.body::<CreateUser>()?;
    let proof = call.tenant_admin()?;
    let made = call.app.engine.user_create(&proof, &new.user, new.role);
    match made? {
        (record, true) => Reply::created(call, &body(&record)),
        (record, false) => Reply::ok(call, &body(&record)),
    }
}
