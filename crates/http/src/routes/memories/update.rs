//! `PATCH /v1/memories/{id}`: changes one memory, if asked for only at a version.

use anchorhold_identity::Write;
use anchorhold_model::RecordId;
use anchorhold_wire::Code;
use anchorhold_wire::memory::MemoryBody;
use anchorhold_wire::patch::{MemoryChanges, PatchMemory};

use super::body;
use crate::call::Call;
use crate::if_match;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::patch("/v1/memories/{id}", "change", update)
        .summary("Change one memory.")
        .speaks(Speaks::ForUser)
        .knows_if_match()
        .takes::<PatchMemory>()
        .gives::<MemoryBody>(200, "The memory after the change; its version is the ETag.")
        .refuses(&[Code::MemoryNotFound, Code::ContentTooLarge])
        .refuses(WRITES)
}

fn update(call: &Call) -> Result<Reply, Refusal> {
    let MemoryChanges { changes, namespace } = call.body::<PatchMemory>()?;
    let version = if_match::version(&call.headers)?;
    let scope = call.existing::<Write>(namespace)?;
    // An id that is none, or a namespace that is not there yet, holds no such memory.
    let id = RecordId::parse(call.parameter("id"));
    let (Some(scope), Some(id)) = (scope, id) else {
        return Err(Refusal::memory_not_found());
    };
    let memory = call.app.engine.change(Some(&scope), id, changes, version)?;
    let reply = Reply::ok(call, &body(&scope, &memory))?;
    Ok(reply.version(memory.facets.version))
}
