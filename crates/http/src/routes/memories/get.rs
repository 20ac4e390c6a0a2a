//! `GET /v1/memories/{id}`: one memory.

use anchorhold_identity::Reading;
use anchorhold_memory::Error;
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
    let Reading { own, beside } = call.reading(call.query.namespace()?)?;
    // An id that is none, or a namespace that is not there yet, holds no such memory.
    let id = RecordId::parse(call.parameter("id")).ok_or_else(Refusal::memory_not_found)?;
    for scope in own.iter().chain(&beside) {
        match call.app.engine.get(Some(scope), id) {
            Err(Error::MemoryNotFound) => {}
            found => {
                let memory = found?;
                let reply = Reply::ok(call, &body(scope, &memory))?;
                return Ok(reply.version(memory.facets.version));
            }
        }
    }
    Err(Refusal::memory_not_found())
}
