//! `DELETE /v1/memories/{id}`: deletes one memory; a second time it is not found.

use anchorhold_identity::Erase;
use anchorhold_model::RecordId;
use anchorhold_wire::Code;
use anchorhold_wire::memory::Deleted;

use crate::call::Call;
use crate::query::NAMESPACE;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::delete("/v1/memories/{id}", "delete", delete)
        .summary("Delete one memory.")
        .speaks(Speaks::ForUser)
        .query(&[NAMESPACE])
        .gives::<Deleted>(200, "The memory is gone.")
        .refuses(&[Code::MemoryNotFound])
        .refuses(WRITES)
}

fn delete(call: &Call) -> Result<Reply, Refusal> {
    let scope = call.existing::<Erase>(call.query.namespace()?)?;
    // An id that is none, or a namespace that is not there yet, holds no such memory.
    let id = RecordId::parse(call.parameter("id"));
    let (Some(scope), Some(id)) = (scope, id) else {
        return Err(Refusal::memory_not_found());
    };
    call.app.engine.delete(Some(&scope), id)?;
    Reply::ok(
        call,
        &Deleted {
            id: id.to_string(),
            deleted: true,
        },
    )
}
