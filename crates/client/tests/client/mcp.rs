//! Messages of the Model Context Protocol go as they are, and what is answered comes as it is.

use serde_json::json;

use crate::responder::{Responder, reply};
use crate::routes::as_alice;
use anchorhold_client::{Client, Config, McpHead};

#[test]
fn a_message_goes_as_it_is_with_what_belongs_beside_it() {
    let answer = json!({"jsonrpc": "2.0", "id": 1, "result": {}});
    let head = McpHead {
        session: Some("5e55".to_owned()),
        version: Some("2026-07-28".to_owned()),
        method: Some("tools/call".to_owned()),
        name: Some("memory_list".to_owned()),
    };
    let message = br#"{"jsonrpc": "2.0", "id": 1}"#.to_vec();
    let sent = as_alice(200, answer, |client| client.mcp(message, &head));
    assert_eq!(sent.line, "POST /mcp");
    assert_eq!(sent.body, json!({"jsonrpc": "2.0", "id": 1}));
    for (name, value) in [
        ("mcp-session-id", "5e55"),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", "memory_list"),
        ("authorization", "Bearer ah_test"),
        ("x-anchorhold-user", "zoë"),
        ("x-anchorhold-namespace", "org/acme"),
    ] {
        assert_eq!(sent.header(name), value, "{name}");
    }
    let bare = as_alice(200, json!({}), |client| {
        client.mcp(b"{}".to_vec(), &McpHead::default())
    });
    assert!(bare.headers.keys().all(|name| !name.starts_with("mcp-")));
}

#[test]
fn a_refusal_is_an_answer_and_a_session_is_told() {
    let refused = json!({"error": {"code": "credential_invalid"}}).to_string();
    for (status, more, body) in [
        (200, "Mcp-Session-Id: 5e55\r\n", "{}"),
        (202, "", ""),
        (401, "", &*refused),
    ] {
        let responder = Responder::answering(vec![reply(status, more, body)]);
        let config = Config {
            url: responder.url.clone(),
            ..Config::default()
        };
        let client = Client::new(config).expect("a usable address");
        let told = client.mcp(b"{}".to_vec(), &McpHead::default());
        let told = told.expect("an answer");
        assert_eq!((told.status, told.body), (status, body.as_bytes().to_vec()));
        assert_eq!(told.session.is_some(), status == 200);
    }
}

#[test]
fn how_to_get_in_is_asked_for_at_two_addresses() {
    let metadata = json!({
        "resource": "http://127.0.0.1:3300/mcp", "resource_name": "Anchorhold",
        "resource_documentation": "http://127.0.0.1:3300/openapi.json",
        "bearer_methods_supported": ["header"],
    });
    let sent = as_alice(200, metadata.clone(), |client| client.mcp_metadata());
    assert_eq!(sent.line, "GET /.well-known/oauth-protected-resource");
    let sent = as_alice(200, metadata, |client| client.mcp_metadata_of_path());
    assert_eq!(sent.line, "GET /.well-known/oauth-protected-resource/mcp");
}
