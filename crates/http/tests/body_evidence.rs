//! A body that names its user, over a socket.

use serde_json::{Value, json};

use crate::support::{Reply, Server};

fn configured(server: &Server, name: &str, mode: &str) -> String {
    server.tenant_with(json!({"name": name, "trust_mode": mode}));
    let target = format!("/v1/tenants/{name}/identity");
    let changed = server.operate("PATCH", &target);
    let changed = changed
        .json(json!({"metadata_pointer": "/metadata/user_id"}))
        .send();
    assert_eq!(
        changed.json()["metadata_pointer"],
        "/metadata/user_id",
        "{changed:?}"
    );
    server.key(name, json!({"act_as": true}))
}

fn keep(server: &Server, key: &str, user: &Value) -> Reply {
    let memory = json!({"content": "tea", "metadata": {"user_id": user}});
    server
        .ask("POST", "/v1/memories")
        .key(key)
        .json(memory)
        .send()
}

#[test]
fn a_body_claims_its_user_where_the_tenant_looks_and_is_believed_by_its_mode() {
    let server = Server::new();
    let legacy = configured(&server, "legacy", "legacy");
    let kept = keep(&server, &legacy, &json!("alice"));
    assert_eq!(
        (kept.status, kept.header("x-anchorhold-identity")),
        (201, Some("advisory"))
    );
    let place = kept.json()["namespace"].clone();
    assert_eq!(
        (&place["kind"], &place["issuer"], &place["name"]),
        (&json!("user"), &json!("body"), &json!("alice"))
    );
    keep(&server, &legacy, &json!("{{user}}")).is_refused(400, "identity_header_invalid");
    keep(&server, &legacy, &json!(7)).is_refused(400, "identity_header_invalid");
    keep(&server, &legacy, &json!(" x")).is_refused(400, "name_invalid");
    let required = configured(&server, "required", "required");
    keep(&server, &required, &json!("alice")).is_refused(403, "identity_not_permitted");
    let strict = configured(&server, "strict", "strict");
    keep(&server, &strict, &json!("alice")).is_refused(403, "identity_unverified");
    let quarantine = configured(&server, "quarantine", "quarantine");
    let kept = keep(&server, &quarantine, &json!("alice"));
    assert_eq!(
        (kept.status, &kept.json()["namespace"]["kind"]),
        (201, &json!("quarantine"))
    );
    // The operator sees what comes of it.
    let headers = json!({"authorization": format!("Bearer {legacy}")});
    let body = r#"{"content": "tea", "metadata": {"user_id": "alice"}}"#;
    let explain = |target: &str| {
        let asked = json!({"headers": headers, "method": "POST", "target": target, "body": body});
        let told = server
            .operate("POST", "/v1/identity/explain")
            .json(asked)
            .send();
        told.json()["evidence"].clone()
    };
    assert_eq!(explain("/v1/memories")[0]["source"], "metadata");
    // A user in the body of another route is whom the request is about, not who asks.
    assert_eq!(explain("/v1/erase"), json!([]));
    // Once nobody looks, nobody is named.
    let target = "/v1/tenants/legacy/identity";
    let changed = server
        .operate("PATCH", target)
        .json(json!({"metadata_pointer": null}));
    assert_eq!(changed.send().json()["metadata_pointer"], Value::Null);
    assert_eq!(
        keep(&server, &legacy, &json!("alice")).json()["namespace"]["kind"],
        "shared"
    );
    let wrong = server
        .operate("PATCH", target)
        .json(json!({"metadata_pointer": "metadata"}));
    wrong.send().is_refused(422, "request_invalid");
}
