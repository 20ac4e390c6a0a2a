//! A session is of the credential and the user that began it, and every message is judged anew.

use serde_json::{Value, json};

use super::{House, call, initialize, message, request, result, tool};
use crate::support::{Ask, Server};

/// Begins a session and gives its id.
fn begun(ask: &Ask) -> String {
    let reply = ask.send();
    result(&reply);
    reply.header("mcp-session-id").unwrap().to_owned()
}

fn ping() -> Value {
    request("ping", json!({}))
}

#[test]
fn a_session_of_another_credential_or_user_is_none() {
    let House { server, alice, bob } = House::new();
    let session = begun(&message(&server, &alice, &initialize()));
    let with = |key: &str, id: &str| {
        message(&server, key, &ping())
            .header("mcp-session-id", id)
            .send()
    };
    result(&with(&alice, &session));
    let second = server.key("acme", json!({"user": "alice"}));
    server.tenant("globex");
    let namesake = server.key("globex", json!({"user": "alice"}));
    let never = with(&bob, &"0".repeat(64));
    for key in [&bob, &second, &namesake] {
        let stolen = with(key, &session);
        stolen.is_refused(404, "namespace_not_found");
        assert_eq!(stolen.comparable(""), never.comparable(""));
    }
    for wrong in [
        "",
        "x",
        &session[1..],
        &session.to_uppercase(),
        &format!("{session}00"),
    ] {
        with(&alice, wrong).is_refused(404, "namespace_not_found");
    }
    let twice = message(&server, &alice, &ping())
        .header("mcp-session-id", &session)
        .header("mcp-session-id", &session);
    twice.send().is_refused(404, "namespace_not_found");
    let again = begun(&message(&server, &alice, &initialize()));
    assert_ne!(again, session);
    result(&with(&alice, &session));
}

#[test]
fn a_session_ends_where_its_user_is_named_otherwise() {
    let server = Server::new();
    let key = server.acting();
    let of = |user: &str, asked: &Value| message(&server, &key, asked).user(user);
    let session = begun(&of("alice", &initialize()));
    let ask = of("alice", &ping()).header("mcp-session-id", &session);
    result(&ask.send());
    let ask = of("bob", &ping()).header("mcp-session-id", &session);
    ask.send().is_refused(404, "namespace_not_found");
    let nobody = message(&server, &key, &ping()).header("mcp-session-id", &session);
    nobody.send().is_refused(404, "namespace_not_found");
}

#[test]
fn a_key_that_ends_in_the_middle_of_a_session_ends_it() {
    let House { server, .. } = House::new();
    let (key, id) = server.key_with_id("acme", json!({"user": "carol"}));
    let session = begun(&message(&server, &key, &initialize()));
    call(&server, &key, "memory_store", json!({"content": "tea"}));
    let ended = server
        .operate("DELETE", &format!("/v1/tenants/acme/keys/{id}"))
        .send();
    assert_eq!(ended.status, 200, "{ended:?}");
    for asked in [ping(), tool("memory_list", json!({})), initialize()] {
        let reply = message(&server, &key, &asked)
            .header("mcp-session-id", &session)
            .send();
        reply.is_refused(401, "credential_invalid");
    }
}

#[test]
fn a_tenant_that_becomes_strict_is_strict_in_the_next_message() {
    let server = Server::new();
    let key = server.acting();
    let keep = tool("memory_store", json!({"content": "tea"}));
    let keep = message(&server, &key, &keep).user("alice");
    assert_eq!(result(&keep.send())["isError"], false);
    let strict = server
        .operate("PATCH", "/v1/tenants/acme")
        .json(json!({"trust_mode": "strict"}));
    assert_eq!(strict.send().status, 200);
    keep.send().is_refused(403, "identity_unverified");
}

#[test]
fn who_names_nobody_may_look_at_the_tools_and_use_none() {
    let server = Server::new();
    let key = server.acting();
    begun(&message(&server, &key, &initialize()));
    let reply = message(&server, &key, &tool("memory_list", json!({}))).send();
    assert_eq!(super::error_of(&reply)["code"], "identity_required");
}
