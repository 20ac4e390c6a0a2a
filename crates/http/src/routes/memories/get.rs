//! `GET /v1/memories/{id}`: one memory.

use anchorhold_identity::Read;
use anchorhold_model::RecordId;
use anchorhold_wire::Code;
use anchorhold_wire::memory::MemoryBody;

use super::body;
use crate::call::Call;
use crate::query::NAMESPACE;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::READS;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/memories/{id}", "get", get)
        .summary("Read one memory.")
        .speaks(Speaks::ForUser)
        .query(&[NAMESPACE])
        .gives::<MemoryBody>(200, "The memory; its version is the ETag.")
        .refuses(&[Code::MemoryNotFound])
        .refuses(READS)
}

fn get(call: &Call) -> Result<Reply, Refusal> {
    let scope = call.existing::<Read>(call.query.namespace()?)?;
    // An id that is none, or a namespace that is not there yet, holds no such memory.
    let id = RecordId::parse(call.parameter("id"));
    let (Some(scope), Some(id)) = (scope, id) else {
        return Err(Refusal::memory_not_found());
    };
    let memory = call.app.engine.get(Some(&scope), id)?;
    let reply = Reply::ok(call, &body(&scope, &memory))?;
    Ok(reply.version(memory.facets.version))
}
