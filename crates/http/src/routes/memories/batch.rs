//! `POST /v1/memories/batch`: keeps up to 100 memories in one namespace, each judged on its own.

use anchorhold_identity::{Scope, Write};
use anchorhold_memory::{Error, Remembered};
use anchorhold_wire::memory::{Batch, BatchMemories, BatchReply, BatchResult};
use anchorhold_wire::{Code, Rejection};

use super::kept;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::request_id::RequestId;
use crate::route::{Route, Speaks};
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/memories/batch", "remember_batch", create)
        .summary("Keep up to 100 memories.")
        .speaks(Speaks::ForUser)
        .takes::<BatchMemories>()
        .gives::<BatchReply>(200, "One result for each memory, in order.")
        .refuses(&[Code::ContentTooLarge, Code::IdConflict])
        .refuses(WRITES)
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let Batch {
        memories,
        namespace,
    } = call.body::<BatchMemories>()?;
    let scope = call.reserved(namespace)?;
    let mut drafts = Vec::new();
    let mut refused = Vec::new();
    for item in memories {
        match item {
            Ok(memory) => {
                drafts.push(memory.draft);
                refused.push(None);
            }
            Err(rejection) => refused.push(Some(rejection)),
        }
    }
    let mut remembered = if drafts.is_empty() {
        Vec::new()
    } else {
        let engine = &call.app.engine;
        engine.remember_batch_while(&scope, drafts, &|| call.is_awaited())
    }
    .into_iter();
    let results = refused
        .into_iter()
        .map(|refused| result(&scope, &call.request_id, refused, &mut remembered))
        .collect();
    Reply::ok(call, &BatchReply { results })
}

/// The result of one item: its own refusal, or the next outcome of the engine.
fn result(
    scope: &Scope<Write>,
    request_id: &RequestId,
    refused: Option<Rejection>,
    remembered: &mut impl Iterator<Item = Result<Remembered, Error>>,
) -> BatchResult {
    let outcome = match refused {
        Some(rejection) => Err(Refusal::from(rejection)),
        None => match remembered.next() {
            Some(outcome) => outcome.map_err(Refusal::from),
            None => Err(Refusal::internal("the engine gave too few results")),
        },
    };
    match outcome {
        Ok(remembered) => BatchResult {
            status: if remembered.replayed { 200 } else { 201 },
            memory: Some(kept(scope, &remembered)),
            error: None,
        },
        Err(refusal) => {
            let (status, error) = refusal.into_detail(request_id);
            BatchResult {
                status,
                memory: None,
                error: Some(error),
            }
        }
    }
}
