//! The protocol: a handshake in the older versions, none in the newest; one message, one answer.

use serde_json::{Value, json};

use super::{House, VERSION, bare, initialize, message, request, result};

#[test]
fn a_client_shakes_hands_and_learns_which_tools_there_are() {
    let House { server, alice, .. } = House::new();
    let reply = message(&server, &alice, &initialize()).send();
    let greeting = result(&reply);
    assert_eq!(greeting["protocolVersion"], VERSION);
    assert_eq!(greeting["serverInfo"]["name"], "anchorhold");
    assert_eq!(greeting["capabilities"], json!({"tools": {}}));
    let session = reply.header("mcp-session-id").unwrap();
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let heard = message(&server, &alice, &ready)
        .header("mcp-session-id", session)
        .header("mcp-protocol-version", VERSION)
        .send();
    assert_eq!((heard.status, heard.body.len()), (202, 0));
    let tools = request("tools/list", json!({}));
    let tools = message(&server, &alice, &tools)
        .header("mcp-session-id", session)
        .header("mcp-protocol-version", VERSION)
        .send();
    let tools = result(&tools);
    let tools = serde_json::to_string_pretty(&tools["tools"]).unwrap();
    insta::assert_snapshot!("tools", tools);
}

#[test]
fn a_client_of_the_newest_version_needs_no_handshake() {
    let House { server, alice, .. } = House::new();
    let newest = "2026-07-28";
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": newest,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let asked = |method: &str, params: Value| {
        let mut params = params;
        params["_meta"] = meta.clone();
        let ask = message(&server, &alice, &request(method, params))
            .header("mcp-protocol-version", newest)
            .header("mcp-method", method);
        match method {
            "tools/call" => ask.header("mcp-name", "memory_list").send(),
            _ => ask.send(),
        }
    };
    let discovered = asked("server/discover", json!({}));
    assert_eq!(discovered.header("mcp-session-id"), None);
    let versions = &result(&discovered)["supportedVersions"];
    assert!(versions.as_array().unwrap().contains(&newest.into()));
    assert_eq!(
        result(&asked("tools/list", json!({})))["tools"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
    let listed = asked(
        "tools/call",
        json!({"name": "memory_list", "arguments": {}}),
    );
    assert_eq!(result(&listed)["structuredContent"]["memories"], json!([]));
}

#[test]
fn what_is_no_message_is_refused_in_our_words() {
    let House { server, alice, .. } = House::new();
    let ask = || message(&server, &alice, &json!({})).without("Content-Type");
    for (body, status, code) in [
        ("", 400, "json_invalid"),
        ("{", 400, "json_invalid"),
        ("[]", 422, "request_invalid"),
        ("7", 422, "request_invalid"),
        ("{}", 422, "request_invalid"),
        ("{\"method\": 7}", 422, "request_invalid"),
        (
            "{\"jsonrpc\": \"1.0\", \"id\": 1, \"method\": \"ping\"}",
            422,
            "request_invalid",
        ),
        (
            "{\"id\": 1, \"id\": 2, \"jsonrpc\": \"2.0\", \"method\": \"ping\"}",
            400,
            "json_invalid",
        ),
    ] {
        let reply = ask()
            .header("Content-Type", "application/json")
            .bytes(body)
            .send();
        reply.is_refused(status, code);
    }
    let text = ask()
        .header("Content-Type", "text/plain")
        .bytes("{}")
        .send();
    text.is_refused(415, "media_type_unsupported");
    let ping = request("ping", json!({}));
    for accept in ["application/json", "text/event-stream", "text/html"] {
        let ask = message(&server, &alice, &ping).without("Accept");
        let reply = ask.header("Accept", accept).send();
        reply.is_refused(422, "request_invalid");
        assert_eq!(reply.field().as_deref(), Some("accept"));
    }
    let unknown = message(&server, &alice, &ping).header("mcp-protocol-version", "1999-01-01");
    unknown.send().is_refused(422, "request_invalid");
    let long = format!("{{\"x\": \"{}\"}}", "a".repeat(9 * 1_024 * 1_024));
    let long = ask().header("Content-Type", "application/json").bytes(long);
    long.send().is_refused(413, "body_too_large");
    assert_eq!(result(&message(&server, &alice, &ping).send()), json!({}));
}

#[test]
fn what_is_not_known_is_an_error_of_the_protocol() {
    let House { server, alice, .. } = House::new();
    for (asked, code) in [
        (
            request("tools/call", json!({"name": "memory_erase_all"})),
            -32602,
        ),
        (request("tools/steal", json!({})), -32601),
        (
            request("resources/read", json!({"uri": "memory://bob"})),
            -32601,
        ),
        (request("prompts/get", json!({"name": "bob"})), -32601),
    ] {
        let reply = message(&server, &alice, &asked).send();
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.json()["error"]["code"], code, "{reply:?}");
    }
}

#[test]
fn there_are_no_streams_to_open_to_resume_or_to_end() {
    let House { server, alice, .. } = House::new();
    for method in ["GET", "DELETE", "PUT"] {
        let reply = server
            .ask(method, "/mcp")
            .key(&alice)
            .header("Accept", "text/event-stream")
            .header("Last-Event-ID", "1")
            .send();
        reply.is_refused(405, "route_not_found");
        assert_eq!(reply.header("allow"), Some("POST"));
    }
}

#[test]
fn without_a_key_a_client_learns_how_to_get_in() {
    let House { server, .. } = House::new();
    let host = server.tenant_address().to_string();
    let of_nobody = "ah_0000000000000000000000000000000000000000000";
    for reply in [
        bare(&server, &initialize()).send(),
        message(&server, of_nobody, &initialize()).send(),
    ] {
        assert_eq!(reply.refusal().0, 401);
        let challenge = format!(
            "Bearer resource_metadata=\"http://{host}/.well-known/oauth-protected-resource/mcp\""
        );
        assert_eq!(reply.header("www-authenticate"), Some(challenge.as_str()));
    }
    for path in ["", "/mcp"] {
        let target = format!("/.well-known/oauth-protected-resource{path}");
        let metadata = server.ask("GET", &target).send();
        assert_eq!(metadata.status, 200);
        let expected = json!({
            "resource": format!("http://{host}/mcp"),
            "resource_name": "Anchorhold",
            "resource_documentation": format!("http://{host}/openapi.json"),
            "bearer_methods_supported": ["header"],
        });
        assert_eq!(metadata.json(), expected);
    }
}
