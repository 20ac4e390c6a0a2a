//! `POST /v1/recall`: the memories that answer a question, best first.

use anchorhold_identity::{Read, Reading, Scope};
use anchorhold_memory::{Question, Recalled, Recollection, Why};
use anchorhold_wire::Code;
use anchorhold_wire::memory::MemoryBody;
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
    let Reading { own, beside } = call.reading(namespace)?;
    let engine = &call.app.engine;
    let Some(beside) = beside else {
        return answer(call, own.as_ref(), &engine.recall(own.as_ref(), &question)?);
    };
    // First, so that what moves meanwhile is found at one place at least. What cannot be read of the
    // shared namespace is nobody's own trouble.
    let shared = engine.recall(Some(&beside), &question).unwrap_or_default();
    let recalled = engine.recall(own.as_ref(), &question)?;
    let of_own = shown(own.as_ref(), &recalled);
    let mut of_shared = shown(Some(&beside), &shared);
    of_shared.retain(|one| of_own.iter().all(|own| !is_same(&own.memory, &one.memory)));
    let usage = usage(if own.is_some() { &recalled } else { &shared });
    let results = merged(of_own, of_shared, question.limit);
    Reply::ok(call, &RecallReply { results, usage })
}

/// Whether it is one memory, found while it moves.
fn is_same(one: &MemoryBody, other: &MemoryBody) -> bool {
    one.id == other.id && one.content == other.content
}

/// Two rankings as one: each stays in its order, and of the two that come next the one that is nearer in
/// meaning comes first. Scores of two namespaces cannot be compared, similarities can.
fn merged(own: Vec<RecallResult>, beside: Vec<RecallResult>, limit: usize) -> Vec<RecallResult> {
    let (mut own, mut beside) = (own.into_iter().peekable(), beside.into_iter().peekable());
    let next = || match (own.peek(), beside.peek()) {
        (Some(one), Some(other)) if other.similarity > one.similarity => beside.next(),
        (Some(_), _) => own.next(),
        (None, _) => beside.next(),
    };
    let ranked = (1..).zip(std::iter::from_fn(next).take(limit));
    let numbered = ranked.map(|(rank, result)| RecallResult { rank, ..result });
    numbered.collect()
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
    let scope = call.reading_at_hand(namespace)?;
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
    RecallReply {
        results: shown(scope, recalled),
        usage: usage(recalled),
    }
}

fn shown(scope: Option<&Scope<Read>>, recalled: &Recalled) -> Vec<RecallResult> {
    let results = scope.into_iter().flat_map(|scope| {
        let ranked = (1..).zip(&recalled.results);
        ranked.map(|(rank, recollection)| result(scope, rank, recollection))
    });
    results.collect()
}

fn usage(recalled: &Recalled) -> RecallUsage {
    let number = |count| u64::try_from(count).ok();
    RecallUsage {
        query_tokens: number(recalled.query_tokens),
        windows: number(recalled.windows),
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
