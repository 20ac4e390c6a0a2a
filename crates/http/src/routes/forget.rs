//! `POST /v1/forget`: deletes what ids or a filter name.

use anchorhold_identity::Erase;
use anchorhold_memory::Which;
use anchorhold_wire::Code;
use anchorhold_wire::forget::{Forget, ForgetReply, ForgetRequest, Selection};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/forget", "forget", forget)
        .summary("Delete the memories that ids or a filter name.")
        .speaks(Speaks::ForUser)
        .takes::<ForgetRequest>()
        .gives::<ForgetReply>(200, "What was deleted, or would be.")
        .refuses(&[Code::FilterInvalid])
        .refuses(WRITES)
}

fn forget(call: &Call) -> Result<Reply, Refusal> {
    let Forget {
        selection,
        dry_run,
        namespace,
    } = call.body::<ForgetRequest>()?;
    let which = match selection {
        Selection::Ids(ids) => Which::Ids(ids),
        Selection::Filter(filter) => Which::Matching(filter),
    };
    let scope = call.existing::<Erase>(namespace)?;
    let forgotten = call.app.engine.forget(scope.as_ref(), which, dry_run)?;
    let ids: Vec<String> = forgotten.ids.iter().map(ToString::to_string).collect();
    Reply::ok(
        call,
        &ForgetReply {
            deleted: u64::try_from(ids.len()).unwrap_or(u64::MAX),
            ids,
            dry_run,
        },
    )
}
