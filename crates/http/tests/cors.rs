//! Pages of browsers: a publishable key works from the pages that it lists, leads into sessions alone, and no
//! other page may read a reply.

use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

const PAGE: &str = "https://app.example.org";
const OTHER: &str = "https://evil.example.org";

/// A server with a tenant of sessions, and a publishable key of it for [`PAGE`].
fn house() -> (Server, String, String) {
    let server = Server::new();
    server.tenant_with(json!({"name": "acme", "isolation": "session"}));
    let body = json!({"publishable": {"origins": [PAGE, "http://localhost:5173"]}});
    let (key, key_id) = server.key_with_id("acme", body);
    assert!(key.starts_with("ahp_"), "{key}");
    (server, key, key_id)
}

fn from(ask: Ask, origin: &str) -> Ask {
    ask.header("Origin", origin)
}

fn preflight(server: &Server, origin: &str) -> Reply {
    let ask = server.ask("OPTIONS", "/v1/memories");
    from(ask, origin)
        .header("Access-Control-Request-Method", "POST")
        .header(
            "Access-Control-Request-Headers",
            "authorization,content-type,x-session-id",
        )
        .send()
}

fn keep(server: &Server, key: &str, origin: &str) -> Ask {
    let ask = server.ask("POST", "/v1/memories").key(key);
    from(ask, origin).json(json!({"content": "tea"}))
}

#[test]
fn a_preflight_is_answered_for_the_pages_of_publishable_keys_and_for_no_other() {
    let (server, _, key_id) = house();
    let allowed = preflight(&server, PAGE);
    assert_eq!(allowed.status, 204, "{allowed:?}");
    assert_eq!(allowed.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(
        allowed.header("access-control-allow-credentials"),
        Some("true")
    );
    let sent = allowed.header("access-control-allow-headers").unwrap();
    assert!(sent.contains("authorization") && sent.contains("x-session-id"));
    assert!(
        allowed
            .header("access-control-allow-methods")
            .unwrap()
            .contains("PATCH")
    );
    assert_eq!(allowed.header("vary"), Some("origin"));
    let near = [
        "http://app.example.org",
        "https://app.example.org.evil.example",
        "null",
        "*",
    ];
    for origin in near
        .into_iter()
        .chain([OTHER, "https://app.example.org:8443"])
    {
        let refused = preflight(&server, origin);
        assert_eq!(refused.status, 405, "{origin}");
        assert_eq!(
            refused.header("access-control-allow-origin"),
            None,
            "{origin}"
        );
        assert_eq!(refused.header("access-control-allow-credentials"), None);
    }
    let ended = server
        .operate("DELETE", &format!("/v1/tenants/acme/keys/{key_id}"))
        .send();
    assert_eq!(ended.status, 200, "{ended:?}");
    assert_eq!(
        preflight(&server, PAGE).header("access-control-allow-origin"),
        None
    );
}

#[test]
fn a_publishable_key_works_in_its_pages_and_is_refused_elsewhere() {
    let (server, key, _) = house();
    let kept = keep(&server, &key, PAGE).send();
    assert_eq!(kept.status, 201, "{kept:?}");
    assert_eq!(kept.header("access-control-allow-origin"), Some(PAGE));
    let exposed = kept.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("x-session-id"));
    let id = kept.header("x-session-id").unwrap().to_owned();
    let list = |origin: Option<&str>| {
        let ask = server.ask("GET", "/v1/memories").key(&key);
        let ask = ask.header("x-session-id", &id);
        match origin {
            Some(origin) => from(ask, origin).send(),
            None => ask.send(),
        }
    };
    let listed = list(Some("http://localhost:5173"));
    assert_eq!(listed.json()["memories"][0]["content"], "tea");
    for origin in [Some(OTHER), Some("null"), None] {
        let refused = list(origin);
        refused.is_refused(403, "access_forbidden");
        assert_eq!(refused.header("access-control-allow-origin"), None);
        assert_eq!(refused.header("x-session-id"), None);
    }
    // A page of the server's own origin names none when it only reads.
    let own = server
        .ask("GET", "/v1/memories")
        .key(&key)
        .header("x-session-id", &id);
    let own = own.header("Sec-Fetch-Site", "same-origin").send();
    assert_eq!(own.json()["memories"][0]["content"], "tea");
    // A refusal is readable where the page may read.
    let refused = keep(&server, "ah_wrong", PAGE).send();
    refused.is_refused(401, "credential_invalid");
    assert_eq!(refused.header("access-control-allow-origin"), Some(PAGE));
}

#[test]
fn a_publishable_key_reads_nothing_of_other_sessions_and_proves_nobody() {
    let (server, key, _) = house();
    let kept = keep(&server, &key, PAGE).send();
    let handle = kept.json()["namespace"]["name"]
        .as_str()
        .unwrap()
        .to_owned();
    let ask = |method: &str, target: &str| from(server.ask(method, target).key(&key), PAGE);
    assert_eq!(
        ask("GET", "/v1/memories").send().json()["memories"],
        json!([])
    );
    let erase = ask("POST", "/v1/erase").json(json!({"session": handle}));
    erase.send().is_refused(403, "access_forbidden");
    ask("GET", "/v1/sessions")
        .send()
        .is_refused(403, "access_forbidden");
    ask("GET", "/v1/keys")
        .send()
        .is_refused(403, "access_forbidden");
    let named = ask("GET", "/v1/memories?namespace=org").send();
    named.is_refused(403, "namespace_forbidden");
    // Whatever the tenant demands, nothing that is shared and nobody's own is open to everybody.
    for policy in [
        json!({"isolation": "none"}),
        json!({"isolation": "user", "trust_mode": "legacy"}),
        json!({"isolation": "custom"}),
    ] {
        let patched = server
            .operate("PATCH", "/v1/tenants/acme")
            .json(policy.clone())
            .send();
        assert_eq!(patched.status, 200);
        let asked = ask("GET", "/v1/memories")
            .header("x-isolation-key", "alice")
            .send();
        assert_eq!(asked.status, 403, "{policy}: {asked:?}");
        let asked = ask("GET", "/v1/memories")
            .header("x-anchorhold-user", "alice")
            .send();
        assert!(asked.status >= 400, "{policy}: {asked:?}");
    }
}

#[test]
fn what_everybody_can_send_fills_no_log_of_the_tenant() {
    let (server, key, _) = house();
    let before = server.bytes_of_audit();
    for _ in 0..5 {
        keep(&server, &key, OTHER)
            .send()
            .is_refused(403, "access_forbidden");
        let ask = from(server.ask("GET", "/v1/keys").key(&key), PAGE);
        ask.send().is_refused(403, "access_forbidden");
    }
    assert_eq!(server.bytes_of_audit(), before);
    // The same of a key that is secret is an entry.
    let secret = server.key("acme", json!({}));
    let made = server.bytes_of_audit();
    server
        .ask("GET", "/v1/keys")
        .key(&secret)
        .send()
        .is_refused(403, "access_forbidden");
    assert!(server.bytes_of_audit() > made);
}

#[test]
fn a_publishable_key_is_nothing_more_and_its_pages_are_origins() {
    let server = Server::new();
    server.tenant("acme");
    let make = |body: Value| {
        server
            .operate("POST", "/v1/tenants/acme/keys")
            .json(body)
            .send()
    };
    for (body, field) in [
        (
            json!({"name": "b", "publishable": {"origins": []}}),
            "publishable.origins",
        ),
        (
            json!({"name": "b", "publishable": {"origins": ["*"]}}),
            "publishable.origins[0]",
        ),
        (
            json!({"name": "b", "publishable": {"origins": [PAGE, "https://a.example/x"]}}),
            "publishable.origins[1]",
        ),
        (
            json!({"name": "b", "publishable": {"origins": [PAGE]}, "act_as": true}),
            "publishable",
        ),
        (
            json!({"name": "b", "publishable": {"origins": [PAGE]}, "user": "alice"}),
            "publishable",
        ),
        (
            json!({"name": "b", "publishable": {"origins": [PAGE]}, "grants": []}),
            "publishable",
        ),
    ] {
        let refused = make(body);
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.field().as_deref(), Some(field));
    }
    let made = make(json!({"name": "b", "publishable": {"origins": [PAGE, PAGE]}}));
    assert_eq!(made.json()["origins"], json!([PAGE]));
    let listed = server.operate("GET", "/v1/tenants/acme/keys").send().json();
    assert_eq!(listed["keys"][0]["origins"], json!([PAGE]));
}
