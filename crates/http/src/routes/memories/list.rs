//! `GET /v1/memories`: one page, newest first.

use anchorhold_identity::Read;
use anchorhold_memory::Page;
use anchorhold_wire::Code;
use anchorhold_wire::memory::ListReply;

use super::bodies;
use crate::call::Call;
use crate::query::{CURSOR, LIMIT, NAMESPACE};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::READS;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/memories", "list", list)
        .summary("List memories, newest first.")
        .speaks(Speaks::ForUser)
        .query(&[NAMESPACE, LIMIT, CURSOR])
        .gives::<ListReply>(200, "One page.")
        .refuses(&[Code::CursorInvalid])
        .refuses(READS)
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let page = Page {
        limit: call.query.limit()?,
        cursor: call.query.cursor().map(str::to_owned),
    };
    let scope = call.existing::<Read>(call.query.namespace()?)?;
    let listed = call.app.engine.list(scope.as_ref(), &page)?;
    Reply::ok(
        call,
        &ListReply {
            memories: bodies(scope.as_ref(), &listed.memories),
            next_cursor: listed.next_cursor,
        },
    )
}
