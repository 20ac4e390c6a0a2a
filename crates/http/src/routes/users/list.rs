//! `GET /v1/users`: a tenant's admin sees its users.

use anchorhold_wire::Code;
use anchorhold_wire::user::UserList;

use super::body;
use crate::call::Call;
use crate::query::{CURSOR, LIMIT};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/users", "user_list", list)
        .summary("List the users of this tenant.")
        .query(&[LIMIT, CURSOR])
        .gives::<UserList>(200, "One page, in an order that does not change.")
        .refuses(&[Code::AccessForbidden, Code::CursorInvalid])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let limit = call.query.limit()?;
    let proof = call.tenant_admin()?;
    let cursor = call.query.cursor();
    let page = call.app.engine.user_list(&proof, limit, cursor)?;
    let users = page.users.iter().map(body).collect();
    let next_cursor = page.next_cursor;
    Reply::ok(call, &UserList { users, next_cursor })
}
