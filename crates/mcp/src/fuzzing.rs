//! Body of a fuzz target: a message as a client sends it, or the arguments of a tool as a model makes them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

use anchorhold_wire::Code;
use rmcp::model::{ClientJsonRpcMessage, ClientRequest};
use serde_json::{Map, Value};

use crate::{Asked, Tool};

/// Words that would say whose memory is meant, wherever they stand in a request.
const SCOPES: [&str; 9] = [
    "namespace",
    "namespaces",
    "user",
    "user_id",
    "id",
    "vector",
    "tenant",
    "scope",
    "as",
];

/// A byte that says which tool it is for and its arguments; or, for another byte, a whole message. Whatever is
/// taken is a request that names nobody, and only what its tool lists.
pub fn mcp_message(data: &[u8]) {
    let Some((which, rest)) = data.split_first() else {
        return;
    };
    if let Some(tool) = Tool::ALL.get(usize::from(which % 8)) {
        if let Ok(arguments) = serde_json::from_slice(rest) {
            judge(*tool, &arguments);
        }
        return;
    }
    let Ok(ClientJsonRpcMessage::Request(message)) = serde_json::from_slice(rest) else {
        return;
    };
    if let ClientRequest::CallToolRequest(call) = message.request
        && let Some(tool) = Tool::named(&call.params.name)
    {
        judge(tool, &call.params.arguments.unwrap_or_default());
    }
}

fn judge(tool: Tool, arguments: &Map<String, Value>) {
    let asked = match Asked::read(tool, arguments) {
        Ok(asked) => asked,
        Err(rejection) => {
            assert!(matches!(
                rejection.code,
                Code::RequestInvalid | Code::JsonInvalid
            ));
            return;
        }
    };
    assert_eq!(asked.tool, tool);
    if let Some(query) = &asked.query {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"%=&".contains(&byte);
        assert!(query.bytes().all(is_plain), "{query}");
        let names = query.split('&').map(|pair| pair.split('=').next().unwrap());
        for name in names {
            assert!(matches!(name, "limit" | "cursor"), "{query}");
        }
    }
    let Some(body) = asked.body else { return };
    let body: Map<String, Value> = serde_json::from_slice(&body).unwrap();
    for one in bodies(tool, &body) {
        for name in SCOPES {
            assert!(!one.contains_key(name), "{tool:?} takes {name:?}");
        }
    }
    let again = arguments.keys().all(|name| is_listed(tool, name));
    assert!(again, "{tool:?} takes what it does not list");
}

/// The objects of a body whose fields a request reads.
fn bodies(tool: Tool, body: &Map<String, Value>) -> Vec<&Map<String, Value>> {
    let inner = body.get("memories").and_then(Value::as_array);
    let inner = inner.filter(|_| tool == Tool::Append).into_iter().flatten();
    let inner = inner.filter_map(Value::as_object);
    inner.chain([body]).collect()
}

fn is_listed(tool: Tool, name: &str) -> bool {
    let schema = crate::schema::arguments(tool);
    schema
        .get("properties")
        .and_then(|properties| properties.get(name))
        .is_some()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_message_names_a_scope() {
        anchorhold_fuzzing::replay("mcp_message", super::mcp_message);
    }
}
