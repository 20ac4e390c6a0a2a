//! `GET /v1/memories/{id}`: one memory.

use anchorhold_identity::{Read, Reading, Scope};
use anchorhold_memory::Error;
use anchorhold_model::{Memory, RecordId};
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
    let engine = &call.app.engine;
    let of = |scope: &Option<Scope<Read>>| match engine.get(scope.as_ref(), id) {
        Err(Error::MemoryNotFound) => Ok(None),
        found => found.map(Some),
    };
    let shown = |scope: &Scope<Read>, memory: &Memory| {
        let reply = Reply::ok(call, &body(scope, memory))?;
        Ok(reply.version(memory.facets.version))
    };
    if let (Some(scope), Some(memory)) = (&own, of(&own)?) {
        return shown(scope, &memory);
    }
    // What cannot be read of the shared namespace is nobody's own trouble.
    if let (Some(scope), Ok(Some(memory))) = (&beside, of(&beside)) {
        return shown(scope, &memory);
    }
    // One that moved meanwhile has become one's own.
    let own = match beside {
        Some(_) => call.reading(call.query.namespace()?)?.own,
        None => None,
    };
    match (&own, of(&own)?) {
        (Some(scope), Some(memory)) => shown(scope, &memory),
        _ => Err(Refusal::memory_not_found()),
    }
}
