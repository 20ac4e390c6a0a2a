//! Keys that a tenant manages itself.

use serde_json::{Value, json};

use crate::support::Server;

#[test]
fn a_tenant_admin_manages_the_keys_of_its_tenant_alone() {
    let server = Server::new();
    server.tenant("acme");
    server.tenant("other");
    let admin = server.key("acme", json!({"admin": true}));
    let (_, foreign_id) = server.key_with_id("other", json!({}));
    let asked = server.ask("POST", "/v1/keys").key(&admin);
    let made = asked
        .json(json!({"name": "alice's", "user": "alice"}))
        .send();
    assert_eq!(made.status, 201, "{made:?}");
    let (key, id) = (made.json()["key"].clone(), made.json()["key_id"].clone());
    let listed = server.ask("GET", "/v1/keys").key(&admin).send();
    assert!(
        !listed.text().contains(key.as_str().unwrap()),
        "the secret is shown once"
    );
    let keys = listed.json()["keys"].as_array().unwrap().clone();
    assert_eq!(keys.len(), 2);
    assert!(
        keys.iter()
            .any(|one| one["key_id"] == id && one["user"] == "alice")
    );
    let target = format!("/v1/keys/{}", id.as_str().unwrap());
    let ended = server.ask("DELETE", &target).key(&admin).send();
    assert_eq!(ended.json(), json!({"key_id": id, "revoked": true}));
    let refused = server
        .ask("GET", "/v1/memories")
        .key(key.as_str().unwrap())
        .send();
    refused.is_refused(401, "credential_invalid");
    for id in [foreign_id.as_str(), "nonsense", id.as_str().unwrap()] {
        let refused = server
            .ask("DELETE", &format!("/v1/keys/{id}"))
            .key(&admin)
            .send();
        refused.is_refused(404, "route_not_found");
    }
}

#[test]
fn any_other_key_manages_none() {
    let server = Server::new();
    let acting = server.acting();
    let everything = server.key(
        "acme",
        json!({"grants": [{"namespace": "**", "access": "admin"}]}),
    );
    for key in [&acting, &everything] {
        let ask = |method: &str, target: &str| server.ask(method, target).key(key);
        ask("GET", "/v1/keys")
            .send()
            .is_refused(403, "access_forbidden");
        let made = ask("POST", "/v1/keys").json(json!({"name": "x", "admin": true}));
        made.send().is_refused(403, "access_forbidden");
        ask("DELETE", "/v1/keys/key_0")
            .send()
            .is_refused(403, "access_forbidden");
    }
}

#[test]
fn contradictions_and_later_features_are_refused() {
    let server = Server::new();
    server.tenant("acme");
    let make = |mut body: Value| {
        body["name"] = "x".into();
        server
            .operate("POST", "/v1/tenants/acme/keys")
            .json(body)
            .send()
    };
    make(json!({"user": "alice", "act_as": true})).is_refused(422, "request_invalid");
    make(json!({"viewer": true, "admin": true})).is_refused(422, "request_invalid");
    make(json!({"publishable": {"origins": []}})).is_refused(422, "request_invalid");
    make(json!({"expires_in_days": 0})).is_refused(422, "request_invalid");
    make(json!({"user": "."})).is_refused(400, "name_invalid");
    let grants = json!([{"namespace": "org/*", "access": "read"}]);
    make(json!({"grants": grants})).is_refused(422, "grant_pattern_invalid");
}

#[test]
fn a_key_that_expires_says_when() {
    let server = Server::new();
    server.tenant("acme");
    let asked = server.operate("POST", "/v1/tenants/acme/keys");
    let made = asked
        .json(json!({"name": "x", "expires_in_days": 1}))
        .send()
        .json();
    assert_eq!(made["created_at"], "2027-01-15T08:00:00.000Z");
    assert_eq!(made["expires_at"], "2027-01-16T08:00:00.000Z");
}
