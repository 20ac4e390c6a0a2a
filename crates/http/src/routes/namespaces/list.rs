//! `GET /v1/namespaces`: the named namespaces that the key may see.

use anchorhold_wire::Code;
use anchorhold_wire::namespace::NamespaceList;

use super::body;
use crate::call::Call;
use crate::query::{CURSOR, LIMIT};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/namespaces", "namespace_list", list)
        .summary("List the named namespaces that the key may see.")
        .query(&[LIMIT, CURSOR])
        .gives::<NamespaceList>(200, "One page, by name.")
        .refuses(&[Code::CursorInvalid])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let limit = call.query.limit()?;
    let proof = call.listing()?;
    let page = call
        .app
        .engine
        .namespace_list(&proof, limit, call.query.cursor())?;
    Reply::ok(
        call,
        &NamespaceList {
            namespaces: page.namespaces.into_iter().map(body).collect(),
            next_cursor: page.next_cursor,
        },
    )
}
