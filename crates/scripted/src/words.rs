//! What is answered.

use serde_json::{Value, json};

use crate::Script;

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

pub(crate) fn tool_call() -> Value {
    json!({
        "id": "call_1", "type": "function",
        "function": {"name": "trains", "arguments": "{\"to\": \"Bern\"}"},
    })
}

pub(crate) fn tool_call_chunks(model: &str) -> Vec<Value> {
    let delta = |delta: Value, end: Value| {
        chunk(
            model,
            &json!([{"index": 0, "delta": delta, "finish_reason": end}]),
        )
    };
    let call = |arguments: &str| json!({"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]});
    let mut begun = tool_call();
    begun["index"] = 0.into();
    begun["function"]["arguments"] = "".into();
    vec![
        delta(
            json!({"role": "assistant", "tool_calls": [begun]}),
            Value::Null,
        ),
        delta(call("{\"to\": "), Value::Null),
        delta(call("\"Bern\"}"), Value::Null),
        delta(json!({}), "tool_calls".into()),
    ]
}

pub(crate) fn models() -> Value {
    let one = |script: &Script| json!({"id": script.model(), "object": "model", "created": 1, "owned_by": "scripted"});
    let models: Vec<Value> = Script::ALL.iter().map(one).collect();
    json!({"object": "list", "data": models})
}

pub(crate) fn embeddings(asked: &Value) -> Value {
    let inputs = asked["input"].as_array().map_or(1, Vec::len);
    let one = |index| json!({"object": "embedding", "index": index, "embedding": [0.5, -0.25]});
    let data: Vec<Value> = (0..inputs).map(one).collect();
    json!({"object": "list", "model": asked["model"], "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}})
}
