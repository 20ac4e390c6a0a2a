//! `GET /v1/chat/injections/{id}`: what of the memory stood in the prompt of a chat, byte for byte.

use anchorhold_identity::Reading;
use anchorhold_memory::Error;
use anchorhold_proxy::block_of;
use anchorhold_wire::Code;
use anchorhold_wire::chat::InjectionReply;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::relay::recollection;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::READS;
use crate::routes::memories::body;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/chat/injections/{id}", "chat_injection", show)
        .summary("Show what of the memory stood in the prompt of a chat.")
        .speaks(Speaks::ForUser)
        .gives::<InjectionReply>(200, "The block, byte for byte, and the memories in it.")
        .refuses(&[Code::MemoryNotFound, Code::VersionConflict])
        .refuses(READS)
}

fn show(call: &Call) -> Result<Reply, Refusal> {
    let Reading { own, beside } = call.reading(None)?;
    let audit_id = call.parameter("id");
    for scope in own.iter().chain(&beside) {
        let (at, memories) = match call.app.engine.shown_then(Some(scope), audit_id) {
            Err(Error::MemoryNotFound) => continue,
            found => found?,
        };
        let lines: Vec<_> = memories.iter().map(recollection).collect();
        let reply = InjectionReply {
            audit_id: audit_id.to_owned(),
            at,
            block: block_of(&lines),
            memories: memories.iter().map(|memory| body(scope, memory)).collect(),
        };
        return Reply::ok(call, &reply);
    }
    Err(Error::MemoryNotFound.into())
}
