//! What is answered.

use serde_json::{Value, json};

/// What the model says.
pub const ANSWER: &str = "Of course: the train leaves at nine, and Zoë – 你好 – knows it.";

/// A whole answer of a model, as OpenAI's API words it.
pub fn answer(model: &str, text: &str) -> Value {
    json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "system_fingerprint": "fp_1",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": null},
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21},
    })
}

pub(crate) fn chunk(model: &str, choices: &Value) -> Value {
    json!({
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": model,
        "choices": choices,
    })
}

/// The events of a streamed answer, one for each word, without the one that says that it is done.
pub(crate) fn chunks(model: &str, text: &str) -> Vec<Value> {
    let delta = |delta: Value| json!([{"index": 0, "delta": delta, "finish_reason": null}]);
    let mut chunks = vec![chunk(
        model,
        &delta(json!({"role": "assistant", "content": ""})),
    )];
    for word in text.split_inclusive(' ') {
        chunks.push(chunk(model, &delta(json!({"content": word}))));
    }
    let end = json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]);
    chunks.push(chunk(model, &end));
    chunks
}

/// The bytes of a streamed answer.
pub fn stream(model: &str, text: &str) -> String {
    let mut bytes = String::new();
    for chunk in chunks(model, text) {
        bytes.push_str(&event(&chunk));
    }
    bytes.push_str("data: [DONE]\n\n");
    bytes
}

pub(crate) fn event(chunk: &Value) -> String {
    format!("data: {chunk}\n\n")
}
