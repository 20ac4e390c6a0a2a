//! By which names and for which pages the door is open.

use anchorhold_http::McpOptions;
use anchorhold_model::Origin;
use serde_json::json;

use super::{initialize, message, result};
use crate::support::{Ask, Server, Setup};

const PAGE: &str = "https://app.example.org";

fn server(options: McpOptions) -> (Server, String) {
    let server = Server::of(Setup {
        mcp: options,
        ..Setup::default()
    });
    server.tenant("acme");
    let key = server.key("acme", json!({"user": "alice"}));
    (server, key)
}

/// Everything that is had here, by a name and from a page.
fn asks(server: &Server, key: &str, headers: &[(&str, &str)]) -> Vec<Ask> {
    let metadata = |path: &str| server.ask("GET", path);
    let asks = vec![
        message(server, key, &initialize()),
        metadata("/.well-known/oauth-protected-resource"),
        metadata("/.well-known/oauth-protected-resource/mcp"),
    ];
    let with = |ask: Ask| {
        let each = headers.iter();
        each.fold(ask, |ask, (name, value)| ask.header(name, value))
    };
    asks.into_iter().map(with).collect()
}

#[test]
fn a_name_that_somebody_may_have_pointed_here_is_refused() {
    let (server, key) = server(McpOptions::default());
    for host in [
        "localhost",
        "LOCALHOST:3300",
        "127.0.0.1",
        "127.0.0.1:80",
        "[::1]:3300",
        "192.0.2.7",
    ] {
        for ask in asks(&server, &key, &[("Host", host)]) {
            assert_eq!(ask.send().status, 200, "{host}");
        }
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:3300",
        "evil.example:80",
    ] {
        for ask in asks(&server, &key, &[("Host", host)]) {
            let refused = ask.send();
            refused.is_refused(403, "access_forbidden");
            assert_eq!(refused.field().as_deref(), Some("host"));
        }
    }
    // Elsewhere the name decides nothing, for there every request shows what no page has.
    let elsewhere = server
        .ask("GET", "/v1/whoami")
        .key(&key)
        .header("Host", "evil.example");
    assert_eq!(elsewhere.send().status, 200);
}

#[test]
fn a_page_that_nobody_listed_is_refused() {
    let (server, key) = server(McpOptions::default());
    let own = format!("http://{}", server.tenant_address());
    for origin in [
        PAGE,
        "null",
        "http://localhost",
        &own,
        "http://evil.example",
    ] {
        for ask in asks(&server, &key, &[("Origin", origin)]) {
            let refused = ask.send();
            refused.is_refused(403, "access_forbidden");
            assert_eq!(refused.field().as_deref(), Some("origin"));
            assert_eq!(refused.header("access-control-allow-origin"), None);
        }
    }
    let body = json!({"publishable": {"origins": [PAGE]}});
    server.key("acme", body);
    for ask in asks(&server, &key, &[("Origin", PAGE)]) {
        let allowed = ask.send();
        assert_eq!(allowed.status, 200, "{allowed:?}");
        assert_eq!(allowed.header("access-control-allow-origin"), Some(PAGE));
    }
}

#[test]
fn names_and_pages_are_listed_by_the_operator() {
    let (server, key) = server(McpOptions {
        url: Some("https://memory.example.org/mcp".to_owned()),
        allowed_hosts: vec![
            "memory.internal".to_owned(),
            "other.internal:8443".to_owned(),
        ],
        allowed_origins: vec![Origin::parse(PAGE).unwrap()],
        authorization_servers: vec!["https://login.example.org".to_owned()],
    });
    for (host, is_listed) in [
        ("memory.example.org", true),
        ("memory.internal", true),
        ("memory.internal:3300", true),
        ("other.internal:8443", true),
        ("other.internal", false),
        ("evil.example", false),
    ] {
        for ask in asks(&server, &key, &[("Host", host), ("Origin", PAGE)]) {
            let status = if is_listed { 200 } else { 403 };
            assert_eq!(ask.send().status, status, "{host}");
        }
    }
    let metadata = server
        .ask("GET", "/.well-known/oauth-protected-resource")
        .send()
        .json();
    assert_eq!(metadata["resource"], "https://memory.example.org/mcp");
    assert_eq!(
        metadata["authorization_servers"],
        json!(["https://login.example.org"])
    );
    let challenged = message(&server, "ah_nobody", &initialize()).send();
    let challenge = "Bearer resource_metadata=\"https://memory.example.org/.well-known/oauth-protected-resource/mcp\"";
    assert_eq!(challenged.header("www-authenticate"), Some(challenge));
    let preflight = |target: &str| {
        let ask = server.ask("OPTIONS", target).header("Origin", PAGE);
        ask.header("Access-Control-Request-Method", "POST").send()
    };
    let allowed = preflight("/mcp");
    assert_eq!(allowed.status, 204);
    assert!(
        allowed
            .header("access-control-allow-headers")
            .unwrap()
            .contains("mcp-session-id")
    );
    assert_eq!(
        preflight("/v1/memories").status,
        405,
        "it is listed for this door alone"
    );
    let greeted = message(&server, &key, &initialize())
        .header("Origin", PAGE)
        .send();
    result(&greeted);
    assert!(
        greeted
            .header("access-control-expose-headers")
            .unwrap()
            .contains("mcp-session-id")
    );
}

#[test]
fn a_key_is_asked_for_on_loopback_too_and_no_key_of_others_counts() {
    let (server, _) = server(McpOptions::default());
    super::bare(&server, &initialize())
        .send()
        .is_refused(401, "credential_missing");
    let operator = message(&server, &server.operator_key, &initialize());
    operator.send().is_refused(401, "credential_invalid");
    let elsewhere = server.operate("POST", "/mcp").json(initialize());
    elsewhere.send().is_refused(404, "route_not_found");
}
