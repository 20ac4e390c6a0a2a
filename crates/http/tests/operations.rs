//! Health, readiness and counters.

use std::io::Write as _;

use serde_json::json;

use crate::support::{Server, open, read_reply};

#[test]
fn both_listeners_tell_their_health_without_a_key() {
    let server = Server::new();
    for asked in [
        server.ask("GET", "/healthz"),
        server.operate_as("GET", "/healthz"),
    ] {
        let told = asked.send().json();
        assert_eq!(
            (&told["status"], &told["degraded"]),
            (&json!("ok"), &json!([]))
        );
    }
    for asked in [
        server.ask("GET", "/readyz"),
        server.operate_as("GET", "/readyz"),
    ] {
        assert_eq!(asked.send().json(), json!({"ready": true, "reasons": []}));
    }
}

#[test]
fn counters_name_routes_and_never_callers() {
    let server = Server::new();
    let key = server.acting();
    let kept = server
        .ask("POST", "/v1/memories")
        .key(&key)
        .user("alice-canary");
    let id = kept.json(json!({"content": "tea"})).send().json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let target = format!("/v1/memories/{id}");
    server
        .ask("GET", &target)
        .key(&key)
        .user("alice-canary")
        .send();
    server.ask("GET", "/nothing-canary").send();
    let told = server.operate_as("GET", "/metrics").send();
    assert!(
        told.header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    let text = told.text();
    let expected = "anchorhold_http_requests_total{method=\"get\",route=\"/v1/memories/{id}\",status=\"2xx\"} 1";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("route=\"none\",status=\"4xx\"} 1"), "{text}");
    for secret in ["canary", "acme", id.as_str()] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn counters_need_the_operator_key_when_a_proxy_or_a_foreign_name_stands_between() {
    let server = Server::new();
    let tenant_key = server.acting();
    for (name, value) in [
        ("X-Forwarded-For", "203.0.113.7"),
        ("Forwarded", "for=203.0.113.7"),
        ("Host", "rebound.example:3301"),
    ] {
        let ask = || server.operate_as("GET", "/metrics").header(name, value);
        ask().send().is_refused(401, "credential_missing");
        ask()
            .key(&tenant_key)
            .send()
            .is_refused(401, "credential_invalid");
        assert_eq!(ask().key(&server.operator_key).send().status, 200);
    }
    let local = server
        .operate_as("GET", "/metrics")
        .header("Host", "localhost:3301");
    assert_eq!(local.send().status, 200);
    for hosts in ["Host: localhost\r\nHost: rebound.example\r\n", ""] {
        let mut stream = open(server.operator_address());
        let head = format!("GET /metrics HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        read_reply(&mut stream, false).is_refused(401, "credential_missing");
    }
}

#[test]
fn the_operator_listener_serves_no_page_of_another_origin() {
    let server = Server::new();
    let own = server.operator_address().to_string();
    let ask = |host: &str, origin: &str| {
        let asked = server.operate("GET", "/v1/tenants").header("Host", host);
        asked.header("Origin", origin).send()
    };
    for (host, origin) in [
        (own.as_str(), "http://evil.example"),
        (own.as_str(), "null"),
        ("evil.example", "http://evil.example"),
        (own.as_str(), "http://127.0.0.1:1"),
    ] {
        ask(host, origin).is_refused(403, "access_forbidden");
    }
    assert_eq!(ask(&own, &format!("http://{own}")).status, 200);
    // A page never reads the counters without a key.
    let counters = server
        .operate_as("GET", "/metrics")
        .header("Origin", &format!("http://{own}"));
    counters.send().is_refused(401, "credential_missing");
}
