//! What is remembered that may help, as the block that stands in the prompt of a chat.

use anchorhold_identity::{Reading, Scope, Strength};
use anchorhold_model::Tokenizer;
use anchorhold_proxy::{Recollection, Zones, fitted_block};
use anchorhold_wire::mcp::{ContextAsked, ContextReply, ContextRequest};

use crate::call::Call;
use crate::mcp;
use crate::refusal::Refusal;
use crate::relay::{recollection, threshold, zones};
use crate::reply::Reply;
use crate::route::Route;

pub(super) fn route() -> Route {
    Route::get(mcp::PATH, "context", context)
}

fn context(call: &Call) -> Result<Reply, Refusal> {
    let ContextAsked { query, tokens_max } = call.body::<ContextRequest>()?;
    let reading = call.reading(None)?;
    let passage = call.passage()?;
    let policy = &passage.tenant().policy.chat;
    let found = call
        .app
        .engine
        .remembrances(&reading, &query, threshold(policy))?;
    let found = found.iter().filter(|one| {
        let denied = &policy.types_denied;
        !denied.contains(&one.memory.facets.memory_type)
    });
    let lines: Vec<Recollection> = found.map(|one| recollection(&one.memory)).collect();
    let zones = zones(policy, is_claimed(&reading));
    let most = tokens_max.unwrap_or(usize::MAX);
    let zones = Zones {
        soft_tokens: zones.soft_tokens.min(most),
        hard_tokens: zones.hard_tokens.min(most),
    };
    // Which model reads it is not known here, so tokens are estimated, rather too many than too few.
    let block = fitted_block(&lines, Tokenizer::Estimate, zones);
    let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
    Reply::ok(
        call,
        &ContextReply {
            context: block.text,
            memories: number(block.memories),
            tokens: number(block.tokens),
        },
    )
}

fn is_claimed(reading: &Reading) -> bool {
    let actor = reading.own.as_ref().map(Scope::actor);
    actor.is_some_and(|actor| actor.strength == Some(Strength::Claimed))
}
