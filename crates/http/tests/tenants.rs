//! The operator's routes.

use anchorhold_memory::Settings;
use serde_json::{Value, json};

use crate::support::{Server, Setup};

#[test]
fn tenants_are_made_listed_and_given_another_policy() {
    let server = Server::new();
    server.tenant("acme");
    let ask =
        |method: &str, target: &str, body: Value| server.operate(method, target).json(body).send();
    ask("POST", "/v1/tenants", json!({"name": "acme"})).is_refused(409, "tenant_exists");
    for unreachable in ["a/b", "a;b", "a\\b"] {
        let refused = ask("POST", "/v1/tenants", json!({"name": unreachable}));
        refused.is_refused(400, "name_invalid");
    }
    let changed = ask("PATCH", "/v1/tenants/acme", json!({"trust_mode": "strict"}));
    assert_eq!(changed.json()["trust_mode"], "strict");
    let listed = server.operate("GET", "/v1/tenants").send().json();
    assert_eq!(listed["tenants"], json!([changed.json()]));
    for target in ["/v1/tenants/nobody", "/v1/tenants/a%2A"] {
        let refused = ask("PATCH", target, json!({"trust_mode": "strict"}));
        refused.is_refused(404, "route_not_found");
    }
    ask("PATCH", "/v1/tenants/acme", json!({})).is_refused(422, "request_invalid");
}

#[test]
fn a_tenant_with_a_name_that_needs_escapes_is_reached() {
    let server = Server::new();
    server.tenant("caf\u{e9} & co");
    let made = server.operate("POST", "/v1/tenants/caf%C3%A9%20&%20co/keys");
    assert_eq!(made.json(json!({"name": "x"})).send().status, 201);
    let listed = server
        .operate("GET", "/v1/tenants/caf%C3%A9%20%26%20co/keys")
        .send()
        .json();
    assert_eq!(listed["keys"].as_array().unwrap().len(), 1);
}

#[test]
fn keys_of_a_tenant_that_is_not_there_are_not_found() {
    let server = Server::new();
    server.tenant("acme");
    let (_, id) = server.key_with_id("acme", json!({}));
    server.tenant("other");
    for target in [
        "/v1/tenants/nobody/keys".to_owned(),
        "/v1/tenants/nobody/keys".to_owned(),
    ] {
        server
            .operate("GET", &target)
            .send()
            .is_refused(404, "route_not_found");
    }
    let foreign = server.operate("DELETE", &format!("/v1/tenants/other/keys/{id}"));
    foreign.send().is_refused(404, "route_not_found");
}

#[test]
fn where_legacy_is_not_allowed_no_tenant_is_put_into_it() {
    let server = Server::of(Setup {
        engine: Settings {
            allows_legacy: false,
            ..Settings::default()
        },
        ..Setup::default()
    });
    server.tenant("acme");
    let refused = |method: &str, target: &str, body: Value| {
        let refused = server.operate(method, target).json(body).send();
        refused.is_refused(422, "request_invalid");
        let error = &refused.json()["error"];
        assert_eq!(error["field"], "trust_mode");
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("--allow-legacy"),
            "{error}"
        );
    };
    refused(
        "POST",
        "/v1/tenants",
        json!({"name": "new", "trust_mode": "legacy"}),
    );
    refused("PATCH", "/v1/tenants/acme", json!({"trust_mode": "legacy"}));
    let listed = server.operate("GET", "/v1/tenants").send().json();
    assert_eq!(listed["tenants"].as_array().unwrap().len(), 1);
    assert_eq!(listed["tenants"][0]["trust_mode"], "required");
}
