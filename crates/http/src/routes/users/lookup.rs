//! `POST /v1/users/lookup`: a tenant's admin finds a user by an id, which stands in no address.

use anchorhold_wire::Code;
use anchorhold_wire::user::{NameUser, UserBody};

use super::body;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/users/lookup", "user_lookup", lookup)
        .summary("Find a user by issuer and id.")
        .takes::<NameUser>()
        .gives::<UserBody>(200, "The user.")
        .refuses(&[Code::NameInvalid, Code::AccessForbidden, Code::UserNotFound])
}

fn lookup(call: &Call) -> Result<Reply, Refusal> {
    let user = call.body::<NameUser>()?;
    let proof = call.tenant_admin()?;
    Reply::ok(call, &body(&call.app.engine.user_find(&proof, &user)?))
}
