//! The log of resolutions and the counts of refusals: what the operator sees of them.

use serde_json::{Value, json};

use crate::support::Server;

fn log(server: &Server, target: &str) -> Vec<Value> {
    let told = server.operate("GET", target).send();
    assert_eq!(told.status, 200, "{told:?}");
    assert!(!told.text().contains("alice") && !told.text().contains("bob"));
    told.json()["resolutions"].as_array().unwrap().clone()
}

const LOG: &str = "/v1/identity/resolutions";

#[test]
fn the_operator_sees_what_requests_were_taken_for_and_no_name() {
    let server = Server::new();
    server.tenant("acme");
    let (acting, key_id) = server.key_with_id("acme", json!({"act_as": true}));
    let alice = server
        .ask("GET", "/v1/memories")
        .key(&acting)
        .user("alice")
        .send();
    let first = &log(&server, LOG)[0];
    assert_eq!(
        first["request_id"],
        alice.header("x-anchorhold-request-id").unwrap()
    );
    assert_eq!(
        (&first["tenant"], &first["key_id"]),
        (&json!("acme"), &json!(key_id))
    );
    for (field, expected) in [
        ("verb", "list"),
        ("trust_mode", "required"),
        ("source", "x-anchorhold-user"),
        ("strength", "asserted"),
        ("ruling", "own"),
    ] {
        assert_eq!(first[field], expected);
    }
    assert_eq!(
        (&first["disagrees"], &first["refusal"]),
        (&json!(false), &Value::Null)
    );
    let plain = server.key("acme", json!({}));
    let refused = server
        .ask("GET", "/v1/memories")
        .key(&plain)
        .user("alice")
        .send();
    refused.is_refused(403, "identity_not_permitted");
    let first = &log(&server, LOG)[0];
    assert_eq!(first["refusal"], "identity_not_permitted");
    // One request is one entry, however often it asks on its way.
    let kept = server
        .ask("POST", "/v1/memories")
        .key(&acting)
        .user("alice");
    assert_eq!(kept.json(json!({"content": "tea"})).send().status, 201);
    assert_eq!(log(&server, LOG).len(), 3);
    assert_eq!(log(&server, "/v1/identity/resolutions?limit=2").len(), 2);
    let stranger = server.operate_as("GET", LOG).key(&acting).send();
    assert_eq!(stranger.status, 401);
}

#[test]
fn evidence_that_disagrees_under_legacy_is_let_in_with_an_advisory_and_stands_in_the_log() {
    let server = Server::new();
    server.tenant_with(json!({"name": "acme", "trust_mode": "legacy"}));
    let plain = server.key("acme", json!({}));
    let ask = server.ask("GET", "/v1/memories").key(&plain).user("alice");
    let told = ask.header("x-openwebui-user-id", "bob").send();
    assert_eq!(told.header("x-anchorhold-identity"), Some("advisory"));
    let first = &log(&server, LOG)[0];
    assert_eq!(
        (&first["disagrees"], &first["strength"]),
        (&json!(true), &json!("claimed"))
    );
    assert_eq!(first["ruling"], "own_with_advisory");
}

#[test]
fn refusals_are_counted_by_mode_and_reason() {
    let server = Server::new();
    server.tenant("acme");
    let plain = server.key("acme", json!({}));
    for _ in 0..3 {
        server
            .ask("GET", "/v1/memories")
            .key(&plain)
            .send()
            .is_refused(400, "identity_required");
    }
    server
        .ask("GET", "/v1/memories")
        .key("ah_nobody")
        .send()
        .is_refused(401, "credential_invalid");
    let metrics = server.operate("GET", "/metrics").send().text();
    for line in [
        "anchorhold_http_refusals_total{trust_mode=\"required\",reason=\"identity_required\"} 3",
        "anchorhold_http_refusals_total{trust_mode=\"none\",reason=\"credential_unknown\"} 1",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
}

#[test]
fn the_log_holds_the_last_requests_alone() {
    let server = Server::new();
    let acting = server.acting();
    let ask = server.ask("GET", "/v1/whoami").key(&acting).user("x");
    for _ in 0..1_029 {
        ask.send();
    }
    let last = ask.send();
    let all = log(&server, "/v1/identity/resolutions?limit=200");
    assert_eq!(all.len(), 200);
    assert_eq!(
        all[0]["request_id"],
        last.header("x-anchorhold-request-id").unwrap()
    );
}
