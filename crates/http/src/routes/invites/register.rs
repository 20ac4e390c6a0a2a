//! `POST /v1/register`: where a tenant lets them, people become users by themselves.

use anchorhold_wire::Code;
use anchorhold_wire::invite::Joined;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::users;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/register", "user_register", register)
        .summary("Become a user under an id of the server's, where the tenant lets anybody.")
        .gives::<Joined>(201, "The user and a key of theirs, shown once.")
        .refuses(&[
            Code::AccessForbidden,
            Code::SessionLimit,
            Code::AuditUnavailable,
        ])
}

fn register(call: &Call) -> Result<Reply, Refusal> {
    let joined = call.app.engine.register(&call.registration()?)?;
    Reply::created(
        call,
        &Joined {
            key: joined.token.reveal(),
            key_id: joined.key.key,
            user: users::body(&joined.user),
        },
    )
}
