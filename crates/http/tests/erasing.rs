//! Erase: a user with all that hangs on it, or a named namespace.

use serde_json::{Value, json};

use crate::support::{Reply, Server};

fn erase(server: &Server, key: &str, body: Value) -> Reply {
    server.ask("POST", "/v1/erase").key(key).json(body).send()
}

#[test]
fn a_user_may_erase_itself_and_nobody_else() {
    let server = Server::new();
    server.tenant("acme");
    let alice = server.key("acme", json!({"user": "alice"}));
    let bob = server.key("acme", json!({"user": "bob"}));
    for key in [&alice, &bob] {
        let kept = server
            .ask("POST", "/v1/memories")
            .key(key)
            .json(json!({"content": "tea"}));
        assert_eq!(kept.send().status, 201);
    }
    erase(&server, &alice, json!({"user": "bob"})).is_refused(403, "access_forbidden");
    let receipt = erase(&server, &alice, json!({"self": true}));
    assert_eq!(receipt.status, 200, "{receipt:?}");
    let receipt = receipt.json();
    assert_eq!(
        (&receipt["namespaces"], &receipt["records"]),
        (&json!(1), &json!(1))
    );
    assert!(receipt["residues"][0]["until"].is_string());
    // The user's keys end with it.
    let refused = server.ask("GET", "/v1/memories").key(&alice).send();
    refused.is_refused(401, "credential_invalid");
    let listed = server.ask("GET", "/v1/memories").key(&bob).send().json();
    assert_eq!(listed["memories"].as_array().unwrap().len(), 1);
}

#[test]
fn an_acting_key_erases_a_user_that_exists() {
    let server = Server::new();
    let key = server.acting();
    let erase = |body: Value| {
        server
            .ask("POST", "/v1/erase")
            .key(&key)
            .user("alice")
            .json(body)
            .send()
    };
    let kept = server.ask("POST", "/v1/memories").key(&key).user("alice");
    assert_eq!(kept.json(json!({"content": "tea"})).send().status, 201);
    erase(json!({"user": "nobody"})).is_refused(404, "user_not_found");
    assert_eq!(erase(json!({"user": "alice"})).status, 200);
    let listed = server
        .ask("GET", "/v1/memories")
        .key(&key)
        .user("alice")
        .send()
        .json();
    assert_eq!(listed["memories"], json!([]));
}

#[test]
fn a_namespace_is_erased_by_its_admin() {
    let server = Server::new();
    server.tenant("acme");
    let admin = server.key("acme", json!({"admin": true}));
    let made = server
        .ask("POST", "/v1/namespaces")
        .key(&admin)
        .json(json!({"name": "org/a"}));
    assert_eq!(made.send().status, 201);
    let writer = server.key(
        "acme",
        json!({"grants": [{"namespace": "org/a", "access": "erase"}]}),
    );
    erase(&server, &writer, json!({"namespace": "org/a"})).is_refused(403, "access_forbidden");
    // An identity is no matter for a named namespace, but there is none to be missed either.
    let erased = erase(&server, &admin, json!({"namespace": "org/a"}));
    assert_eq!(erased.status, 200, "{erased:?}");
    erase(&server, &admin, json!({"namespace": "org/a"})).is_refused(404, "namespace_not_found");
}

#[test]
fn erase_names_exactly_one_thing() {
    let server = Server::new();
    let key = server.acting();
    for body in [
        json!({}),
        json!({"self": false}),
        json!({"user": "a", "namespace": "b"}),
        json!({"session": "x"}),
        json!({"session": "ses_00000000000000000000000000000000", "self": true}),
    ] {
        erase(&server, &key, body).is_refused(422, "request_invalid");
    }
}
