//! `POST /v1/recall`: the memories that answer a question, best first.

use anchorhold_identity::{Read, Scope};
use anchorhold_memory::{Question, Recalled, Recollection, Why};
use anchorhold_wire::Code;
use anchorhold_wire::recall::{Recall, RecallReply, RecallRequest, RecallResult, RecallUsage};
use serde_json::{Value, json};

use super::memories::body;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::READS;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/recall", "recall", recall)
        .summary("Recall the memories that answer a question.")
        .speaks(Speaks::ForUser)
        .takes::<RecallRequest>()
        .gives::<RecallReply>(200, "What was found, best first.")
        .refuses(&[Code::FilterInvalid, Code::NotAvailableYet])
        .refuses(READS)
        .at_hand(recall_at_hand)
}

fn recall(call: &Call) -> Result<Reply, Refusal> {
    let (namespace, question) = question(call.body::<RecallRequest>()?);
    let scope = call.existing::<Read>(namespace)?;
    let recalled = call.app.engine.recall(scope.as_ref(), &question)?;
    answer(call, scope.as_ref(), &recalled)
}

/// A request that is read in about the time that it takes to go to another thread and back: the
/// numbers of the longest vector fit.
const AT_HAND_BYTES_MAX: usize = 65_536;

/// Only an application that makes the vectors itself is answered without a wait. Such a recall takes
/// no place in the bounded queue: what is large, or may take long, goes the other way.
fn recall_at_hand(call: &Call) -> Option<Reply> {
    if call.received.bytes.len() > AT_HAND_BYTES_MAX {
        return None;
    }
    let recall = call.body::<RecallRequest>().ok()?;
    recall.vector.as_ref()?;
    let (namespace, question) = question(recall);
    let scope = call.existing_at_hand::<Read>(namespace)?;
    let recalled = call.app.engine.recall_at_hand(Some(&scope), &question)?;
    answer(call, Some(&scope), &recalled.ok()?).ok()
}

fn answer(call: &Call, scope: Option<&Scope<Read>>, recalled: &Recalled) -> Result<Reply, Refusal> {
    Reply::ok(call, &reply(scope, recalled))
}

fn question(recall: Recall) -> (Option<anchorhold_model::NamespaceName>, Question) {
    let question = Question {
        limit: recall.limit,
        threshold: recall.threshold,
        filter: recall.filter,
        explain: recall.explain,
        vector: recall.vector,
        ..Question::new(recall.query)
    };
    (recall.namespace, question)
}

fn reply(scope: Option<&Scope<Read>>, recalled: &Recalled) -> RecallReply {
    let number = |count| u64::try_from(count).ok();
    let results = scope.into_iter().flat_map(|scope| {
        let ranked = (1..).zip(&recalled.results);
        ranked.map(|(rank, recollection)| result(scope, rank, recollection))
    });
    RecallReply {
        results: results.collect(),
        usage: RecallUsage {
            query_tokens: number(recalled.query_tokens),
            windows: number(recalled.windows),
        },
    }
}

fn result(scope: &Scope<Read>, rank: u64, recollection: &Recollection) -> RecallResult {
    RecallResult {
        memory: body(scope, &recollection.memory),
        score: recollection.score,
        similarity: recollection.similarity,
        rank,
        why: recollection.why.as_ref().map(why),
    }
}

fn why(why: &Why) -> Value {
    json!({
        "dense": why.dense,
        "lexical": why.lexical,
        "neighbours": why.neighbours,
        "session": why.session,
        "priors": why.priors,
        "name": why.name,
        "matched_terms": why.matched_terms,
        "rare_term": why.rare_term,
    })
}
