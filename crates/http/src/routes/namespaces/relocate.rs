//! `POST /v1/namespaces/move`: a tenant's admin moves memories from one place to another.

use anchorhold_identity::Extent;
use anchorhold_memory::{Movable, Which};
use anchorhold_wire::Code;
use anchorhold_wire::relocation::{Move, MoveReply, MoveRequest, Moved};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/namespaces/move", "namespace_move", relocate)
        .summary("Move memories to another user or namespace.")
        .takes::<MoveRequest>()
        .gives::<MoveReply>(200, "What was moved, or would be, counted on both sides.")
        .refuses(&[
            Code::NameInvalid,
            Code::AccessForbidden,
            Code::NamespaceConflict,
            Code::NamespaceNotFound,
            Code::FilterInvalid,
            Code::IdConflict,
        ])
        .refuses(WRITES)
}

fn relocate(call: &Call) -> Result<Reply, Refusal> {
    let asked = call.body::<MoveRequest>()?;
    let proof = call.tenant_admin()?;
    let Move {
        from,
        to,
        moved,
        dry_run,
    } = asked;
    let (what, extent) = match moved {
        Moved::Ids(ids) => (Movable::Some(Which::Ids(ids)), Extent::One),
        Moved::Filter(filter) => (Movable::Some(Which::Matching(filter)), Extent::One),
        Moved::Everything => (Movable::Everything, Extent::Subtree),
    };
    let legs = call.relocation(&proof, (from, to), extent, dry_run)?;
    let engine = &call.app.engine;
    let done = engine.relocate(&proof, &legs, &what, dry_run, &|| call.is_awaited())?;
    Reply::ok(
        call,
        &MoveReply {
            matched: done.matched,
            moved: done.moved,
            present: done.present,
            left: done.left,
            there: done.there,
            destroyed: done.destroyed,
            dry_run,
        },
    )
}
