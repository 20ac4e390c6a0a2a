//! What a model is told of what a verb gave: what it can use, and no address or name of a namespace.

use anchorhold_model::limits::MCP_IDS_MAX;
use serde_json::{Map, Value, json};

use crate::Tool;

/// Where a memory is kept, and what only a program needs.
const KEPT_BACK: [&str; 2] = ["namespace", "windows"];

/// The answer of a tool, as its schema says.
pub(crate) fn answer(tool: Tool, mut given: Value) -> Value {
    match tool {
        Tool::Store => {
            let mut answer = json!({
                "id": taken(&mut given, "id"),
                "replayed": given.get("replayed") == Some(&Value::Bool(true)),
            });
            let expires_at = taken(&mut given, "expires_at");
            if let (false, Value::Object(answer)) = (expires_at.is_null(), &mut answer) {
                answer.insert("expires_at".to_owned(), expires_at);
            }
            answer
        }
        Tool::Recall => {
            let results = items(&mut given, "results").into_iter().map(|mut result| {
                json!({
                    "memory": memory(taken(&mut result, "memory")),
                    "similarity": taken(&mut result, "similarity"),
                    "rank": taken(&mut result, "rank"),
                })
            });
            json!({"results": results.collect::<Vec<_>>()})
        }
        Tool::Context => given,
        Tool::List => {
            let memories: Vec<Value> = items(&mut given, "memories")
                .into_iter()
                .map(memory)
                .collect();
            json!({"memories": memories, "next_cursor": taken(&mut given, "next_cursor")})
        }
        Tool::Forget => {
            let mut ids = items(&mut given, "ids");
            ids.truncate(MCP_IDS_MAX);
            json!({
                "deleted": taken(&mut given, "deleted"),
                "ids": ids,
                "dry_run": given.get("dry_run") == Some(&Value::Bool(true)),
            })
        }
        Tool::Append => {
            let results = items(&mut given, "results").into_iter().map(|mut result| {
                let id = taken(&mut result, "memory").get("id").cloned();
                match id {
                    Some(id) => json!({"id": id}),
                    None => json!({"error": taken(&mut result, "error")}),
                }
            });
            let results: Vec<Value> = results.collect();
            let kept = results.iter().filter(|result| result.get("id").is_some());
            json!({"kept": kept.count(), "results": results})
        }
    }
}

/// The same in words: the block itself where it is one, JSON else.
pub(crate) fn text(tool: Tool, answer: &Value) -> String {
    let block = answer.get("context").and_then(Value::as_str);
    match block.filter(|_| tool == Tool::Context) {
        Some("") => "Nothing is remembered that may help with this.".to_owned(),
        Some(block) => block.to_owned(),
        None => answer.to_string(),
    }
}

fn memory(memory: Value) -> Value {
    let Value::Object(fields) = memory else {
        return Value::Null;
    };
    let is_shown = |name: &str, value: &Value| !value.is_null() && !KEPT_BACK.contains(&name);
    let shown = fields
        .into_iter()
        .filter(|(name, value)| is_shown(name, value));
    Value::Object(shown.collect::<Map<_, _>>())
}

fn taken(value: &mut Value, name: &str) -> Value {
    value.get_mut(name).map(Value::take).unwrap_or_default()
}

fn items(value: &mut Value, name: &str) -> Vec<Value> {
    match taken(value, name) {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}
