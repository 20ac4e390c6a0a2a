//! Who comes in, and what a stranger is told.

use anchorhold_http::Limits;
use anchorhold_model::NamespaceId;
use serde_json::{Value, json};

use crate::support::{Ask, Server};

#[test]
fn a_request_without_a_key_is_refused_before_its_body_is_judged() {
    let server = Server::new();
    let body = "not json at all";
    for target in ["/v1/memories", "/v1/recall", "/v1/erase", "/v1/keys"] {
        let asked = || server.ask("POST", target).bytes(body);
        let refused = asked().send();
        refused.is_refused(401, "credential_missing");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        asked()
            .key("ah_nonsense")
            .send()
            .is_refused(401, "credential_invalid");
        asked()
            .header("Authorization", "Basic YTpi")
            .send()
            .is_refused(401, "credential_invalid");
    }
}

#[test]
fn a_stranger_cannot_make_the_server_read_a_body() {
    let limits = Limits {
        body_bytes_max: 10,
        ..Limits::default()
    };
    let server = Server::with(limits, 2);
    let asked = server
        .ask("POST", "/v1/memories")
        .json(json!({"content": "more than ten"}));
    asked.send().is_refused(401, "credential_missing");
}

#[test]
fn unknown_revoked_expired_and_misplaced_keys_are_refused_in_equal_bytes() {
    let server = Server::new();
    server.tenant("acme");
    let unknown = {
        let elsewhere = Server::new();
        elsewhere.tenant("acme");
        elsewhere.key("acme", json!({"user": "alice"}));
        elsewhere.key("acme", json!({"user": "alice"}));
        elsewhere.key("acme", json!({"user": "mallory"}))
    };
    let (revoked, revoked_id) = server.key_with_id("acme", json!({"user": "alice"}));
    let expired = server.key("acme", json!({"user": "alice", "expires_in_days": 1}));
    let ended = server
        .operate("DELETE", &format!("/v1/tenants/acme/keys/{revoked_id}"))
        .send();
    assert_eq!(ended.status, 200, "{ended:?}");
    server.clock.advance_days(1);
    let ask = |key: &str| {
        server
            .ask("GET", "/v1/memories")
            .key(key)
            .send()
            .comparable("")
    };
    let reference = ask("ah_malformed");
    assert_eq!(reference.0, 401);
    for key in [&unknown, &revoked, &expired, &server.operator_key] {
        assert_eq!(ask(key), reference);
    }
}

#[test]
fn a_key_of_the_other_listener_is_refused() {
    let server = Server::new();
    let tenant_key = server.acting();
    let operator_key = server.operator_key.clone();
    for target in ["/v1/memories", "/v1/whoami", "/v1/namespaces", "/v1/keys"] {
        let asked = server.ask("GET", target).key(&operator_key).user("alice");
        asked.send().is_refused(401, "credential_invalid");
    }
    for target in ["/v1/tenants", "/v1/tenants/acme/keys"] {
        let asked = server.operate_as("GET", target).key(&tenant_key);
        asked.send().is_refused(401, "credential_invalid");
    }
}

#[test]
fn the_key_may_come_in_either_header_but_not_two_keys() {
    let server = Server::new();
    let key = server.acting();
    let ask = || server.ask("GET", "/v1/memories").user("alice");
    assert_eq!(ask().header("X-API-Key", &key).send().status, 200);
    assert_eq!(ask().header("X-API-Key", &key).key(&key).send().status, 200);
    let two = ask().header("X-API-Key", &server.operator_key).key(&key);
    two.send().is_refused(401, "credential_invalid");
}

#[test]
fn an_identity_header_counts_once_whole_and_spelled_right() {
    let server = Server::new();
    let key = server.acting();
    let ask = || server.ask("GET", "/v1/memories").key(&key);
    let refused = ask().send();
    refused.is_refused(400, "identity_required");
    assert!(refused.message().contains("x-anchorhold-user"));
    let twice: Ask = ask().user("alice").user("alice");
    twice.send().is_refused(400, "identity_header_invalid");
    ask()
        .user("alice, bob")
        .send()
        .is_refused(400, "identity_header_invalid");
    ask()
        .user("{{user}}")
        .send()
        .is_refused(400, "identity_header_invalid");
    let twin = ask().user("alice").header("x_anchorhold_user", "bob");
    twin.send().is_refused(400, "identity_header_invalid");
    ask().user(".").send().is_refused(400, "name_invalid");
    ask().user("").send().is_refused(400, "name_invalid");
}

#[test]
fn an_identity_that_the_key_may_not_say_is_refused() {
    let server = Server::new();
    server.tenant("acme");
    let plain = server.key("acme", json!({}));
    let alice = server.key("acme", json!({"user": "alice"}));
    let ask = |key: &str| {
        server
            .ask("GET", "/v1/memories")
            .key(key)
            .user("bob")
            .send()
    };
    ask(&plain).is_refused(403, "identity_not_permitted");
    ask(&alice).is_refused(403, "identity_conflict");
    server.tenant_with(json!({"name": "strict", "trust_mode": "strict"}));
    let acting = server.key("strict", json!({"act_as": true}));
    ask(&acting).is_refused(403, "identity_unverified");
    let nobody = server.ask("GET", "/v1/memories").key(&acting).send();
    nobody.is_refused(401, "identity_missing");
}

#[test]
fn a_claimed_identity_under_legacy_is_told_as_an_advisory() {
    let server = Server::new();
    server.tenant_with(json!({"name": "old", "trust_mode": "legacy"}));
    let plain = server.key("old", json!({}));
    let ask = || server.ask("POST", "/v1/memories").key(&plain);
    let claimed = ask().user("alice").json(json!({"content": "tea"})).send();
    assert_eq!(claimed.status, 201, "{claimed:?}");
    assert_eq!(claimed.header("x-anchorhold-identity"), Some("advisory"));
    let proven = server.key("old", json!({"user": "alice"}));
    let listed = server.ask("GET", "/v1/memories").key(&proven).send();
    assert_eq!(listed.header("x-anchorhold-identity"), None);
}

#[test]
fn whoami_tells_what_the_server_makes_of_a_request() {
    let server = Server::new();
    server.tenant("acme");
    let (key, key_id) = server.key_with_id(
        "acme",
        json!({"act_as": true, "grants": [{"namespace": "org/**", "access": "read"}]}),
    );
    let asked = server.ask("GET", "/v1/whoami").key(&key).user("alice");
    let told = asked.header("x-anchorhold-thread", "t1").send().json();
    assert_eq!(told["tenant"], "acme");
    assert_eq!(told["subject"], json!({"issuer": "local", "id": "alice"}));
    assert_eq!(told["strength"], "asserted");
    assert_eq!(told["trust_mode"], "required");
    assert_eq!(told["namespace"]["kind"], "user");
    assert_eq!(told["namespace"]["thread"], "t1");
    assert_eq!(
        told["grants"],
        json!([{"namespace": "org/**", "access": "read"}])
    );
    assert_eq!(told["key_id"], key_id.as_str());
}

#[test]
fn whoami_tells_the_id_of_what_lives_there_and_of_nothing_else() {
    let server = Server::new();
    let key = server.acting();
    let ask = |user: &str| server.ask("GET", "/v1/whoami").key(&key).user(user).send();
    assert_eq!(ask("alice").json()["namespace_id"], Value::Null);
    let kept = server.ask("POST", "/v1/memories").key(&key).user("alice");
    let content = json!({"content": "The spare key hangs behind the barn door."});
    assert_eq!(kept.json(content).send().status, 201);
    let id = ask("alice").json()["namespace_id"].clone();
    assert!(NamespaceId::parse(id.as_str().unwrap()).is_some());
    assert_eq!(ask("alice").json()["namespace_id"], id);
    assert_eq!(ask("bob").json()["namespace_id"], Value::Null);
    let erased = server.ask("POST", "/v1/erase").key(&key);
    assert_eq!(erased.json(json!({"user": "alice"})).send().status, 200);
    assert_eq!(ask("alice").json()["namespace_id"], Value::Null);
}
