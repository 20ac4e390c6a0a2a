//! Tools for models: what the protocol says, what a tool does, and what no message reaches.

mod doors;
mod protocol;
mod random;
mod sealed;
mod sessions;
mod tools;

use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

/// A version of the protocol with a handshake.
const VERSION: &str = "2025-11-25";

/// A server with a tenant that has two users, each with a key.
struct House {
    server: Server,
    alice: String,
    bob: String,
}

impl House {
    fn new() -> Self {
        let server = Server::new();
        server.tenant("acme");
        let alice = server.key("acme", json!({"user": "alice"}));
        let bob = server.key("acme", json!({"user": "bob"}));
        Self { server, alice, bob }
    }
}

/// A message to the door, as a client sends it.
fn message(server: &Server, key: &str, message: &Value) -> Ask {
    bare(server, message).key(key)
}

/// The same without a key.
fn bare(server: &Server, message: &Value) -> Ask {
    server
        .ask("POST", "/mcp")
        .header("Accept", "application/json, text/event-stream")
        .json(message.clone())
}

fn request(method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
}

fn initialize() -> Value {
    let client = json!({"name": "test", "version": "1"});
    let params = json!({"protocolVersion": VERSION, "capabilities": {}, "clientInfo": client});
    request("initialize", params)
}

fn tool(name: &str, arguments: Value) -> Value {
    request("tools/call", json!({"name": name, "arguments": arguments}))
}

/// What a message is answered.
#[track_caller]
fn result(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{reply:?}");
    let answer = reply.json();
    assert_eq!(answer["id"], 7, "{answer}");
    assert!(answer["result"].is_object(), "{answer}");
    answer["result"].clone()
}

/// What a tool gives with a key.
#[track_caller]
fn call(server: &Server, key: &str, name: &str, arguments: Value) -> Value {
    let called = result(&message(server, key, &tool(name, arguments)).send());
    assert_eq!(called["isError"], false, "{called}");
    let structured = called["structuredContent"].clone();
    if name != "memory_context" {
        let text = called["content"][0]["text"].as_str().unwrap();
        let same: Value = serde_json::from_str(text).unwrap();
        assert_eq!(same, structured);
    }
    structured
}

/// The error that a tool gives with a key.
#[track_caller]
fn refused(server: &Server, key: &str, name: &str, arguments: Value) -> Value {
    error_of(&message(server, key, &tool(name, arguments)).send())
}

#[track_caller]
fn error_of(reply: &Reply) -> Value {
    let called = result(reply);
    assert_eq!(called["isError"], true, "{called}");
    assert!(called.get("structuredContent").is_none(), "{called}");
    let text = called["content"][0]["text"].as_str().unwrap();
    let body: Value = serde_json::from_str(text).unwrap();
    let request_id = reply.header("x-anchorhold-request-id").unwrap();
    assert_eq!(body["error"]["request_id"], request_id);
    body["error"].clone()
}
