//! `POST /v1/memories`: keeps one memory.

use anchorhold_wire::Code;
use anchorhold_wire::memory::{CreateMemory, MemoryBody, NewMemory};
use axum::http::StatusCode;

use super::kept;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/memories", "remember", create)
        .summary("Keep one memory.")
        .speaks(Speaks::ForUser)
        .speaks_in_body()
        .takes::<CreateMemory>()
        .gives::<MemoryBody>(201, "The memory is kept.")
        .gives::<MemoryBody>(200, "It was there already, with this id and content.")
        .refuses(&[Code::ContentTooLarge, Code::IdConflict])
        .refuses(WRITES)
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let NewMemory { draft, namespace } = call.body::<CreateMemory>()?;
    let scope = call.reserved(namespace)?;
    let remembered = call.app.engine.remember(&scope, draft)?;
    let status = if remembered.replayed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let reply = Reply::json(call, status, &kept(&scope, &remembered))?;
    let version = remembered.memory.facets.version;
    Ok(reply.version(version))
}
