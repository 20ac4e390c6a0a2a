//! `POST /v1/invites/redeem`: whoever was invited becomes a user, with a key of their own.

use anchorhold_wire::Code;
use anchorhold_wire::invite::Joined;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Guard, Route};
use crate::routes::users;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/invites/redeem", "invite_redeem", redeem)
        .guard(Guard::Invitation)
        .summary("Become the user whom an invitation, sent as the key, is for. It counts once.")
        .gives::<Joined>(201, "The user and a key of theirs, shown once.")
        .refuses(&[Code::AuditUnavailable])
}

fn redeem(call: &Call) -> Result<Reply, Refusal> {
    let joined = call.app.engine.invite_redeem(&call.invitation()?)?;
    Reply::created(
        call,
        &Joined {
            key: joined.token.reveal(),
            key_id: joined.key.key,
            user: users::body(&joined.user),
        },
    )
}
