//! What is remembered, as a part of the prompt.
//!
//! To add another source of what may help, such as documents: it joins in `recalled`, which is asked once for each
//! chat, and is written down in `noted` with the rest.

use std::sync::Arc;

use anchorhold_identity::{Chatting, Scope, Strength};
use anchorhold_memory::{Remembrance, ShownRecord};
use anchorhold_model::{ChatPolicy, Memory as Kept};
use anchorhold_proxy::{Chat, Errand, Fit, Prompt, Recollection, TooLong, Turn, Zones, errand};
use anchorhold_wire::Code;
use axum::http::{HeaderName, HeaderValue};

use super::keeping::ToKeep;
use super::{Passing, WISH, unreadable};
use crate::call::Call;
use crate::refusal::Refusal;

/// The memory has no part because something of it fails.
pub(super) const DEGRADED: &str = "degraded";
/// What the program says that a request is for.
const TASK: &str = "x-task";
/// What the client calls the conversation.
const CONVERSATIONS: [&str; 2] = ["x-anchorhold-conversation", "x-openwebui-chat-id"];

/// A chat that goes out, and what is told of it.
pub(super) struct Memory {
    pub(super) body: Vec<u8>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) keeping: Option<ToKeep>,
}

/// What became of a chat.
pub(super) enum Remembered {
    Fits(Memory),
    TooLong(TooLong),
}

/// Whether the memory has a part in a chat, by the word that the client is told: `on`, or why not.
pub(super) fn part(call: &Call, chatting: &Chatting) -> Result<&'static str, Refusal> {
    match header(call, WISH) {
        None | Some("on" | "read") => {}
        Some("off") => return Ok("off"),
        Some(_) => {
            let rule = "must be on, read or off";
            return Err(Refusal::of_field(Code::RequestInvalid, WISH, rule));
        }
    }
    let is_somewhere = chatting.writing.is_some() || chatting.reading.own.is_some();
    if !is_somewhere && chatting.reading.beside.is_none() {
        return Ok("off");
    }
    let chat = Chat::read(&call.received.bytes).map_err(unreadable)?;
    Ok(match errand(&chat, header(call, TASK)) {
        Errand::Task => "task",
        Errand::Talk | Errand::Trifle => "on",
    })
}

/// The header that tells of the memory.
pub(super) fn told(word: &'static str) -> (HeaderName, HeaderValue) {
    (
        HeaderName::from_static(WISH),
        HeaderValue::from_static(word),
    )
}

/// Puts what is remembered into a chat. Runs on a worker.
pub(super) fn remember(call: &Call, passing: &Passing) -> Result<Remembered, Refusal> {
    let chat = Chat::read(&call.received.bytes).map_err(unreadable)?;
    let Some(chatting) = &passing.memory else {
        return Err(Refusal::internal("a chat without a memory is remembered"));
    };
    let policy = &chatting.passage.tenant().policy.chat;
    let model = &passing.route.model;
    let server = &passing.route.server;
    let names = [passing.asked.as_str(), model.name.as_str(), server.name()];
    let may_go = model.memory && policy.lets_memory_go(server.is_private(), &names);
    let recalled = if may_go {
        recalled(call, chatting, policy, &chat)
    } else {
        Ok(Vec::new())
    };
    let (found, word) = match recalled {
        Ok(found) if may_go => (found, "on"),
        Ok(found) => (found, "denied"),
        Err(()) => (Vec::new(), DEGRADED),
    };
    let lines: Vec<Recollection> = found.iter().map(|one| recollection(&one.memory)).collect();
    let fit = Fit {
        tokenizer: model.tokenizer,
        context_tokens: model.context_tokens,
        reserve_tokens: model.reserve_tokens,
        recent_keep: policy.recent_keep,
        system_tokens_max: policy.system_tokens_max,
        zones: zones(policy, is_claimed(chatting)),
        placement: model.placement,
    };
    let prompt = match Prompt::fitted(&chat, &model.name, &lines, &fit) {
        Ok(prompt) => prompt,
        Err(too_long) => return Ok(Remembered::TooLong(too_long)),
    };
    let mut headers = vec![told(word)];
    headers.extend(report(&prompt));
    if !prompt.injected.is_empty() {
        match noted(call, chatting, &found, &prompt) {
            Ok(id) => headers.extend(number("x-anchorhold-memory-audit", id)),
            // No entry, no memory.
            Err(()) => return Ok(Remembered::Fits(without(call, passing))),
        }
    }
    Ok(Remembered::Fits(Memory {
        keeping: to_keep(call, chatting, &chat),
        body: prompt.body,
        headers,
    }))
}

/// The chat as it came, where what was found may not be sent.
fn without(call: &Call, passing: &Passing) -> Memory {
    super::untouched(call, passing, DEGRADED)
}

/// What may help, and is not in the prompt already.
fn recalled(
    call: &Call,
    chatting: &Chatting,
    policy: &ChatPolicy,
    chat: &Chat<'_>,
) -> Result<Vec<Remembrance>, ()> {
    let Some(asked) = chat
        .asked()
        .filter(|asked| !asked.words().trim().is_empty())
    else {
        return Ok(Vec::new());
    };
    let found = call
        .app
        .engine
        .remembrances(&chatting.reading, asked.words(), threshold(policy));
    let mut found = found.map_err(|error| {
        tracing::warn!(%error, "a chat goes on without what is remembered");
    })?;
    found.retain(|one| {
        let facets = &one.memory.facets;
        !policy.types_denied.contains(&facets.memory_type)
            && !chat.holds(one.memory.content.as_str())
    });
    Ok(found)
}

/// The least similarity of what stands in a prompt.
pub(crate) fn threshold(policy: &ChatPolicy) -> f64 {
    f64::from(policy.threshold_percent) / 100.0
}

pub(crate) fn recollection(memory: &Kept) -> Recollection {
    let facets = &memory.facets;
    Recollection {
        content: memory.content.as_str().to_owned(),
        speaker: facets.speaker.clone(),
        at: facets.event_time.unwrap_or(facets.created_at),
        importance: facets.importance.value(),
    }
}

/// Whether the user is only claimed to be who they are.
fn is_claimed(chatting: &Chatting) -> bool {
    let own = chatting.reading.own.as_ref().map(Scope::actor);
    let actor = own.or(chatting.writing.as_ref().map(Scope::actor));
    actor.is_some_and(|actor| actor.strength == Some(Strength::Claimed))
}

/// As much as the tenant allows, and less where the user is only claimed to be who they are.
pub(crate) fn zones(policy: &ChatPolicy, is_claimed: bool) -> Zones {
    let percent = if is_claimed {
        usize::from(policy.claimed_percent)
    } else {
        100
    };
    Zones {
        soft_tokens: policy.soft_tokens.min(policy.hard_tokens) * percent / 100,
        hard_tokens: policy.hard_tokens * percent / 100,
    }
}

/// Writes down which memories go out, for the log of the tenant.
fn noted(
    call: &Call,
    chatting: &Chatting,
    found: &[Remembrance],
    prompt: &Prompt,
) -> Result<String, ()> {
    let injected = prompt.injected.iter().filter_map(|at| found.get(*at));
    let mut id = String::new();
    let (own, beside): (Vec<_>, Vec<_>) = injected.partition(|one| one.is_own);
    let reading = &chatting.reading;
    for (scope, shown) in [(&reading.beside, beside), (&reading.own, own)] {
        let Some(scope) = scope.as_ref().filter(|_| !shown.is_empty()) else {
            continue;
        };
        let shown = shown.iter().map(|one| ShownRecord {
            id: one.memory.facets.id,
            version: one.memory.facets.version,
        });
        let noted = call
            .app
            .engine
            .note_shown(scope, &shown.collect::<Vec<_>>());
        id = noted.map_err(|error| {
            tracing::error!(%error, "what goes to a model was not written to the audit log");
        })?;
    }
    Ok(id)
}

/// What is to be kept of a chat.
fn to_keep(call: &Call, chatting: &Arc<Chatting>, chat: &Chat<'_>) -> Option<ToKeep> {
    let is_talk = errand(chat, header(call, TASK)) == Errand::Talk;
    if !is_talk || chatting.writing.is_none() || header(call, WISH) == Some("read") {
        return None;
    }
    let named = CONVERSATIONS.iter().find_map(|name| header(call, name));
    let named = named.filter(|name| !name.contains("{{"));
    Some(ToKeep {
        chatting: Arc::clone(chatting),
        turn: Turn::of(chat, named)?,
        is_named: named.is_some(),
    })
}

/// What was put in and what was cut, as headers.
fn report(prompt: &Prompt) -> Vec<(HeaderName, HeaderValue)> {
    let numbers = [
        ("x-anchorhold-memory-injected", prompt.injected.len()),
        ("x-anchorhold-memory-tokens", prompt.memory_tokens),
        ("x-anchorhold-prompt-tokens", prompt.input_tokens),
        ("x-anchorhold-condensed", prompt.condensed),
        ("x-anchorhold-dropped", prompt.dropped),
        ("x-anchorhold-system-cut", usize::from(prompt.is_system_cut)),
    ];
    let told = numbers.into_iter().enumerate();
    // The first three are always told, the rest where there is something to tell.
    let told = told.filter(|(at, (_, count))| *at < 3 || *count > 0);
    told.filter_map(|(_, (name, count))| number(name, count.to_string()))
        .collect()
}

fn number(name: &'static str, value: String) -> Option<(HeaderName, HeaderValue)> {
    let value = HeaderValue::from_str(&value).ok()?;
    Some((HeaderName::from_static(name), value))
}

/// The one line of a header; none where it is empty, sent twice or no text.
fn header<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    let mut lines = call.headers.get_all(name).iter();
    let line = lines.next()?.to_str().ok()?.trim();
    (lines.next().is_none() && !line.is_empty()).then_some(line)
}
