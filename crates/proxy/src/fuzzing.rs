//! Bodies of the fuzz targets: a chat as a client sends it, and a stream as a model server sends it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

use anchorhold_model::{Placement, Timestamp, Tokenizer};
use serde_json::Value;

use crate::{
    Chat, Errand, Events, Fit, Heard, Prompt, Recollection, Turn, Zones, errand, renamed,
    renamed_event,
};

/// A byte that says how large the context is, and the body of a chat. What is read goes on byte for byte where
/// nothing has to change, and fits its model where something has.
pub fn chat(data: &[u8]) {
    let Some((which, body)) = data.split_first() else {
        return;
    };
    let (Ok(chat), Ok(model)) = (Chat::read(body), crate::model(body)) else {
        return;
    };
    // What is worth keeping is a function of what was sent.
    if errand(&chat, None) == Errand::Talk
        && let Some(turn) = Turn::of(&chat, None)
    {
        assert_eq!(turn.key, Turn::of(&chat, None).unwrap().key);
    }
    let as_it_is = Prompt::fitted(&chat, &model, &[], &fit(None)).unwrap();
    assert_eq!(as_it_is.body, body, "bytes change where nothing has to");
    // Nothing is looked for where nothing is asked.
    if chat.asked().is_none() {
        return;
    }
    let found = [memory("The train leaves at nine.", 0.9)];
    let with = Prompt::fitted(&chat, &model, &found, &fit(None)).unwrap();
    assert_eq!(with.injected, [0]);
    judge(&chat, &with);
    let context = 200 + 16 * usize::from(*which);
    if let Ok(prompt) = Prompt::fitted(&chat, &model, &found, &fit(Some(context))) {
        let reserve = chat.answer_tokens().unwrap_or(RESERVE);
        assert!(prompt.input_tokens + reserve <= context);
        judge(&chat, &prompt);
    }
}

const RESERVE: usize = 50;

fn fit(context_tokens: Option<usize>) -> Fit {
    Fit {
        tokenizer: Tokenizer::Estimate,
        context_tokens,
        reserve_tokens: RESERVE,
        recent_keep: 2,
        system_tokens_max: None,
        zones: Zones {
            soft_tokens: 100,
            hard_tokens: 200,
        },
        placement: Placement::System,
    }
}

fn memory(content: &str, importance: f64) -> Recollection {
    Recollection {
        content: content.to_owned(),
        speaker: None,
        at: Timestamp::from_milliseconds(0),
        importance,
    }
}

/// A prompt is a chat again; what was asked stands in it as it came, and so does what the application says.
fn judge(before: &Chat<'_>, prompt: &Prompt) {
    let after = Chat::read(&prompt.body).unwrap();
    let asked = |chat: &Chat<'_>| chat.asked().map(|message| message.raw.to_owned());
    assert_eq!(asked(before), asked(&after));
    assert!(after.messages.len() <= before.messages.len() + 1);
    let block = after.messages.iter().filter(|one| one.text == prompt.block);
    assert!(prompt.block.is_empty() || block.count() >= 1);
}

/// Bytes that say how the stream is cut, a zero, and the stream. Events do not depend on the pieces in which
/// they come, end where a slow reading ends them, and lose no byte; a new name changes nothing but the name.
pub fn stream_events(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == 0) else {
        return;
    };
    let (cuts, stream) = (data.get(..end).unwrap(), data.get(end + 1..).unwrap());
    let mut at_once = Events::default();
    let whole = at_once.take(stream);
    let rest = at_once.rest();
    assert_eq!([whole.concat(), rest].concat(), stream);
    let ends: Vec<usize> = whole.iter().map(Vec::len).collect();
    assert_eq!(ends, slow_lengths(stream));
    let (mut cut, mut cut_heard) = (Events::default(), Heard::default());
    let (mut events, mut left) = (Vec::new(), stream);
    for size in cuts {
        let (piece, after) = left.split_at(usize::from(*size).min(left.len()));
        events.extend(cut.take(piece));
        cut_heard.pass(piece);
        left = after;
    }
    events.extend(cut.take(left));
    cut_heard.pass(left);
    assert_eq!(events, whole);
    let mut heard = Heard::default();
    heard.pass(stream);
    assert_eq!(heard.said(), cut_heard.said());
    for event in &whole {
        let shown = renamed_event(event, "another");
        if is_nameless(event) {
            assert_eq!(&shown, event);
        }
        assert_eq!(renamed_event(&shown, "another"), shown);
    }
    if let Some(after) = renamed(stream, "another") {
        let after: Value = serde_json::from_slice(&after).unwrap();
        assert_eq!(after.get("model").unwrap(), "another");
    }
}

/// Whether no line of an event could name a model.
fn is_nameless(event: &[u8]) -> bool {
    let text = String::from_utf8_lossy(event);
    !text.contains("model") && !text.contains('\\')
}

/// How long each event is, line by line. A carriage return at the very end may have its line feed still to come.
fn slow_lengths(stream: &[u8]) -> Vec<usize> {
    let mut lengths = Vec::new();
    let (mut at, mut line, mut event) = (0, 0, 0);
    while let Some(byte) = stream.get(at) {
        let next = stream.get(at + 1);
        let length = match (byte, next) {
            (b'\r', Some(b'\n')) => 2,
            (b'\r', None) => break,
            (b'\r' | b'\n', _) => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        let is_empty = at == line;
        at += length;
        line = at;
        if is_empty {
            lengths.push(at - event);
            event = at;
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    #[test]
    fn chats_are_read_once_and_for_all() {
        anchorhold_fuzzing::replay("chat", super::chat);
    }

    #[test]
    fn streams_are_read_the_same_however_they_are_cut() {
        anchorhold_fuzzing::replay("stream_events", super::stream_events);
    }
}
