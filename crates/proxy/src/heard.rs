//! What a model said, put together from what passes.

use anchorhold_model::limits::CHAT_TURN_BYTES_MAX;
use serde_json::Value;

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
            Some(data) => match serde_json::from_str(data) {
                Ok(chunk) => self.chunk(&chunk, "delta"),
                // What cannot be read may have been anything.
                Err(_) => self.is_lost = true,
            },
            None => {}
        }
    }

    /// A whole answer.
    pub fn whole(body: &[u8]) -> Self {
        let mut heard = Self::default();
        match serde_json::from_slice(body) {
            Ok(answer) => heard.chunk(&answer, "message"),
            Err(_) => heard.is_lost = true,
        }
        heard
    }

    /// The first choice of a chunk, or of a whole answer.
    fn chunk(&mut self, chunk: &Value, said: &str) {
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            self.is_lost = true;
        }
        let choices = chunk.get("choices").and_then(Value::as_array);
        let first = |choice: &&Value| choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0;
        for choice in choices.into_iter().flatten().filter(first) {
            let content = choice.get(said).and_then(|said| said.get("content"));
            if let Some(text) = content.and_then(Value::as_str) {
                // No more is kept than this, so no more is put together.
                if self.text.len() < CHAT_TURN_BYTES_MAX {
                    self.text.push_str(text);
                }
            }
            let end = choice.get("finish_reason").and_then(Value::as_str);
            self.has_ended |= end.is_some();
        }
    }

    /// What was said, if that was all of it and anything.
    pub fn said(self) -> Option<String> {
        let is_whole = self.has_ended && !self.is_lost && !self.text.trim().is_empty();
        is_whole.then_some(self.text)
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
}
