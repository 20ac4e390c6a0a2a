//! What a model said, put together from what passes.

use std::fmt;

use anchorhold_model::limits::CHAT_TURN_BYTES_MAX;
use serde::Deserialize;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::events::{Events, data};

/// Listens to an answer.
#[derive(Default)]
pub struct Heard {
    events: Events,
    text: String,
    has_ended: bool,
    is_lost: bool,
}

impl Heard {
    /// The next bytes of a stream.
    pub fn pass(&mut self, bytes: &[u8]) {
        for event in self.events.take(bytes) {
            self.event(&event);
        }
    }

    fn event(&mut self, event: &[u8]) {
        match data(event).as_deref().map(str::trim) {
            Some("[DONE]") => self.has_ended = true,
            // What cannot be read may have been anything.
            Some(data) => self.is_lost |= self.chunk(data).is_none(),
            None => {}
        }
    }

    /// A whole answer.
    pub fn whole(body: &[u8]) -> Self {
        let mut heard = Self::default();
        let text = std::str::from_utf8(body).ok();
        heard.is_lost = text.and_then(|text| heard.chunk(text)).is_none() || heard.is_lost;
        heard
    }

    /// The first choice of a chunk, or of a whole answer; `None` where it is no JSON.
    fn chunk(&mut self, chunk: &str) -> Option<()> {
        let chunk: Chunk<'_> = serde_json::from_str(chunk).ok()?;
        self.is_lost |= chunk.error.is_some();
        if let Some(choices) = chunk.choices {
            let mut reader = serde_json::Deserializer::from_str(choices.get());
            // What is no list has no choices.
            let _ = reader.deserialize_seq(Choices(self));
        }
        Some(())
    }

    fn choice(&mut self, choice: &Choice<'_>) {
        if read::<u64>(choice.index).unwrap_or(0) != 0 {
            return;
        }
        let said: Option<Said<'_>> = read(choice.message.or(choice.delta));
        if let Some(text) = said.and_then(|said| read::<String>(said.content)) {
            // No more is kept than this, so no more is put together.
            if self.text.len() < CHAT_TURN_BYTES_MAX {
                self.text.push_str(&text);
            }
        }
        self.has_ended |= read::<String>(choice.finish_reason).is_some();
    }

    /// What was said, if that was all of it and anything.
    pub fn said(self) -> Option<String> {
        let is_whole = self.has_ended && !self.is_lost && !self.text.trim().is_empty();
        is_whole.then_some(self.text)
    }
}

/// What of a chunk, or of a whole answer, is looked at. Nothing else of it is put together, whatever it holds.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    choices: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    index: Option<&'a RawValue>,
    #[serde(borrow)]
    delta: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    finish_reason: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

/// A value as this type; `None` where it is absent, or something else.
fn read<'a, T: Deserialize<'a>>(value: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(value?.get()).ok()
}

/// Hears choices one after the other.
struct Choices<'h>(&'h mut Heard);

impl<'de> Visitor<'de> for Choices<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut choices: A) -> Result<(), A::Error> {
        while let Some(choice) = choices.next_element::<&RawValue>()? {
            if let Some(choice) = read(Some(choice)) {
                self.0.choice(&choice);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Heard;

    fn streamed(text: &str) -> Option<String> {
        let mut heard = Heard::default();
        for piece in text.as_bytes().chunks(3) {
            heard.pass(piece);
        }
        heard.said()
    }

    const DELTA: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é \"}},\
        {\"index\":1,\"delta\":{\"content\":\"no\"}}]}\n\n";

    #[test]
    fn a_stream_is_heard_to_its_end_or_not_at_all() {
        let done = format!("{DELTA}: ping\n\n{DELTA}data: [DONE]\n\n");
        assert_eq!(streamed(&done).unwrap(), "é é ");
        let finished = format!(
            "{DELTA}data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\n"
        );
        assert_eq!(streamed(&finished).unwrap(), "é ");
        assert_eq!(streamed(DELTA), None);
        assert_eq!(streamed("data: [DONE]\n\n"), None);
        assert_eq!(
            streamed(&format!("{DELTA}data: {{oops\n\ndata: [DONE]\n\n")),
            None
        );
        assert_eq!(
            streamed(&format!(
                "{DELTA}data: {{\"error\":{{}}}}\n\ndata: [DONE]\n\n"
            )),
            None
        );
    }

    #[test]
    fn a_whole_answer_is_heard() {
        let body =
            br#"{"choices":[{"index":0,"message":{"content":"Yes."},"finish_reason":"stop"}]}"#;
        assert_eq!(Heard::whole(body).said().unwrap(), "Yes.");
        let calls = br#"{"choices":[{"index":0,"message":{"content":null,"tool_calls":[]},"finish_reason":"tool_calls"}]}"#;
        assert_eq!(Heard::whole(calls).said(), None);
        assert_eq!(Heard::whole(b"<html>").said(), None);
    }

    #[test]
    fn what_stands_beside_the_first_choice_is_passed_over() {
        let body =
            br#"{"x":[{"":0},[]],"choices":[7,{"":0},{"index":1,"message":{"content":"No."}},
            {"index":0,"message":{"content":"Yes.","x":[{}]},"finish_reason":"stop"}]}"#;
        assert_eq!(Heard::whole(body).said().unwrap(), "Yes.");
        for nothing in [
            r#"{"choices":7}"#,
            r#"{"choices":null}"#,
            r#"{"choices":[{"message":{"content":["Yes."]},"finish_reason":"stop"}]}"#,
        ] {
            assert_eq!(Heard::whole(nothing.as_bytes()).said(), None, "{nothing}");
        }
        let error =
            br#"{"error":{},"choices":[{"message":{"content":"Yes."},"finish_reason":"stop"}]}"#;
        assert_eq!(Heard::whole(error).said(), None);
    }
}
