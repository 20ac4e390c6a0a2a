//! Tools for models: each one, as every route. What a tool is refused stands in its result.

use serde_json::{Value, json};

use super::super::world::World;
use super::{Line, Listener, Request, line, to};

const MCP: &str = "POST /mcp";
const METADATA: &str = "/.well-known/oauth-protected-resource";

fn message(method: &str, params: &Value) -> Request {
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    to("/mcp").body(message)
}

fn call(tool: &str, arguments: &Value) -> Request {
    message("tools/call", &json!({"name": tool, "arguments": arguments}))
}

/// The lines of a tool: with what it is called, given the id of a memory.
macro_rules! tool {
    ($lines:ident, $name:literal, $arguments:expr) => {
        $lines.push(line(
            Listener::Tenant,
            MCP,
            concat!($name, ", nobody is named"),
            |world: &World<'_>| {
                let id = world.memory_of_user();
                call($name, &$arguments(id))
            },
        ));
        $lines.push(line(
            Listener::Tenant,
            MCP,
            concat!($name, ", for alice"),
            |world| {
                let id = world.memory_of_user();
                call($name, &$arguments(id)).for_user(world)
            },
        ));
        $lines.push(line(
            Listener::Tenant,
            MCP,
            concat!($name, ", in org/acme"),
            |world| {
                let id = world.memory_in_named();
                call($name, &$arguments(id)).in_named()
            },
        ));
    };
}

pub(super) fn lines() -> Vec<Line> {
    let mut lines = vec![
        line(Listener::Tenant, MCP, "initialize", |_| {
            let client = json!({"name": "matrix", "version": "1"});
            let params =
                json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
            message("initialize", &params)
        }),
        line(Listener::Tenant, MCP, "tools/list", |_| {
            message("tools/list", &json!({}))
        }),
    ];
    tool!(
        lines,
        "memory_store",
        |_: String| json!({"content": "Alice likes plums."})
    );
    tool!(
        lines,
        "memory_recall",
        |_: String| json!({"query": "pears"})
    );
    tool!(
        lines,
        "memory_context",
        |_: String| json!({"query": "pears"})
    );
    tool!(lines, "memory_list", |_: String| json!({}));
    tool!(lines, "memory_forget", |id: String| json!({"ids": [id]}));
    tool!(lines, "conversation_append", |_: String| {
        let messages = [json!({"speaker": "user", "content": "Hello."})];
        json!({"conversation": "monday", "messages": messages})
    });
    lines.push(line(
        Listener::Tenant,
        "GET /.well-known/oauth-protected-resource",
        "",
        |_| to(METADATA),
    ));
    lines.push(line(
        Listener::Tenant,
        "GET /.well-known/oauth-protected-resource/mcp",
        "",
        |_| to(format!("{METADATA}/mcp")),
    ));
    lines
}
