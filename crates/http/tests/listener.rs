//! A listener with a tenant of its own: who shows no key is of that tenant and no page of a browser is, and
//! a listener that demands more than its tenants.

use anchorhold_http::{Inside, Tls};
use anchorhold_model::{Isolation, TenantPolicy, TrustMode, network};
use serde_json::{Value, json};

use crate::in_clear::asked;
use crate::support::tls::Authority;
use crate::support::{Ask, Server, Setup};

fn setup(trust_mode: TrustMode, isolation: Isolation) -> Setup {
    Setup {
        acme: Some(TenantPolicy {
            trust_mode,
            isolation,
            ..TenantPolicy::default()
        }),
        ..Setup::default()
    }
}

fn open(trust_mode: TrustMode, isolation: Isolation) -> Server {
    Server::of(setup(trust_mode, isolation))
}

fn keep(server: &Server) -> Ask {
    let ask = server.ask("POST", "/v1/memories");
    ask.json(json!({"content": "tea"}))
}

fn list(server: &Server) -> Ask {
    server.ask("GET", "/v1/memories")
}

#[test]
fn who_shows_no_key_is_of_the_tenant_of_the_listener() {
    let server = open(TrustMode::Required, Isolation::None);
    assert_eq!(keep(&server).send().status, 201);
    let listed = list(&server).send().json();
    assert_eq!(listed["memories"][0]["content"], "tea");
    let who = server.ask("GET", "/v1/whoami").send().json();
    assert_eq!(who["tenant"], "acme");
    let keys = server.operate("GET", "/v1/tenants/acme/keys").send().json();
    assert_eq!(keys["keys"][0]["name"], "listener");
    assert_eq!(keys["keys"][0]["prefix"], "");
    assert_eq!(keys["keys"][0]["key_id"], who["key_id"]);
    // A key is of its own tenant, and one that fails is no missing one.
    let other = {
        server.tenant_with(json!({"name": "other", "isolation": "none"}));
        server.key("other", json!({}))
    };
    let listed = list(&server).key(&other).send().json();
    assert_eq!(listed["memories"], json!([]));
    for wrong in ["ah_nothing", &server.operator_key] {
        list(&server)
            .key(wrong)
            .send()
            .is_refused(401, "credential_invalid");
    }
    let basic = list(&server).header("Authorization", "Basic YTpi").send();
    basic.is_refused(401, "credential_invalid");
    // The operator's listener has no tenant.
    let operate = server.operate_as("GET", "/v1/tenants").send();
    operate.is_refused(401, "credential_missing");
    // Nothing is managed, and no name is reached.
    server
        .ask("GET", "/v1/keys")
        .send()
        .is_refused(403, "access_forbidden");
    let named = list(&server)
        .header("x-anchorhold-namespace", "org/acme")
        .send();
    named.is_refused(403, "namespace_forbidden");
}

#[test]
fn a_key_of_the_listener_that_was_revoked_closes_it() {
    let server = open(TrustMode::Required, Isolation::None);
    assert_eq!(keep(&server).send().status, 201);
    let keys = server.operate("GET", "/v1/tenants/acme/keys").send().json();
    let target = format!(
        "/v1/tenants/acme/keys/{}",
        keys["keys"][0]["key_id"].as_str().unwrap()
    );
    assert_eq!(server.operate("DELETE", &target).send().status, 200);
    for ask in [list(&server), keep(&server)] {
        ask.send().is_refused(401, "credential_missing");
    }
}

#[test]
fn no_page_of_a_browser_uses_a_listener_without_a_key() {
    let server = open(TrustMode::Required, Isolation::None);
    let key = server.key("acme", json!({}));
    let own = format!("http://{}", server.tenant_address());
    let by_name = format!("http://localhost:{}", server.tenant_address().port());
    let rebound = "memory.evil.example:3300";
    let refused: [&[(&str, &str)]; 8] = [
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Origin", &by_name)],
        &[("Origin", &own.replace("http", "https"))],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Host", rebound)],
        &[
            ("Host", rebound),
            ("Origin", "http://memory.evil.example:3300"),
        ],
    ];
    let with = |mut ask: Ask, headers: &[(&str, &str)]| {
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        ask.send()
    };
    for headers in refused {
        for ask in [list(&server), keep(&server)] {
            with(ask, headers).is_refused(403, "access_forbidden");
        }
        // Who shows a key is no page that sends what its browser knows.
        assert_eq!(
            with(list(&server).key(&key), headers).status,
            200,
            "{headers:?}"
        );
        // What needs no key is for everybody.
        assert_eq!(with(server.ask("GET", "/healthz"), headers).status, 200);
    }
    assert_eq!(list(&server).send().json()["memories"], json!([]));
    let let_in: [&[(&str, &str)]; 4] = [
        &[("Origin", &own)],
        &[("Sec-Fetch-Site", "none")],
        &[("Sec-Fetch-Site", "same-origin"), ("Origin", &own)],
        &[("Host", "localhost:3300")],
    ];
    for headers in let_in {
        assert_eq!(with(list(&server), headers).status, 200, "{headers:?}");
    }
}

/// A certificate proves the name to the browser, and a page of elsewhere has none for its own.
#[test]
fn a_host_is_a_name_only_where_tls_proves_it() {
    let setup = || setup(TrustMode::Required, Isolation::None);
    let server = Server::of(Setup {
        plain_http_from: ["127.0.0.1", "10.1.0.0/16"]
            .map(|text| network(text).unwrap())
            .to_vec(),
        ..setup()
    });
    let inside = Inside::tenant(&server.app);
    for (peer, status) in [
        ("10.1.0.7:40000", 200),
        ("10.2.0.7:40000", 403),
        ("127.0.0.1:40000", 403),
    ] {
        // `Host: a`
        let reply = asked(&inside, peer, "/v1/memories", "");
        assert_eq!(reply.0, status, "{peer}: {reply:?}");
    }
    let (authority, directory) = (Authority::new(), tempfile::tempdir().unwrap());
    let (certificate, key) = authority.issue().write(directory.path());
    let server = Server::of(Setup {
        tls: Some(Tls::load(&certificate, &key).unwrap()),
        ..setup()
    });
    for (more, status) in [("", "200"), ("Origin: https://evil.example\r\n", "403")] {
        let mut line = authority.greet(server.tenant_address());
        let head = format!("GET /v1/memories HTTP/1.1\r\nHost: memory.example\r\n{more}\r\n");
        line.say(head.as_bytes());
        let reply = line.hear("\r\n\r\n");
        assert!(reply.starts_with(&format!("HTTP/1.1 {status}")), "{reply}");
    }
}

#[test]
fn sessions_are_given_without_a_key_too() {
    let server = open(TrustMode::Required, Isolation::Session);
    let kept = keep(&server).send();
    assert_eq!(kept.status, 201);
    let id = kept.header("x-session-id").unwrap();
    let again = list(&server).header("x-session-id", id).send();
    assert_eq!(again.json()["memories"][0]["content"], "tea");
    assert_eq!(list(&server).send().json()["memories"], json!([]));
}

#[test]
fn what_the_listener_demands_counts_where_a_tenant_demands_less() {
    let server = Server::of(Setup {
        trust_mode: Some(TrustMode::Strict),
        ..Setup::default()
    });
    for mode in ["legacy", "required", "strict"] {
        server.tenant_with(json!({"name": mode, "trust_mode": mode}));
        let key = server.key(mode, json!({"act_as": true}));
        let alice = server.key(mode, json!({"user": "alice"}));
        let asserted = list(&server).key(&key).user("alice").send();
        asserted.is_refused(403, "identity_unverified");
        list(&server)
            .key(&key)
            .send()
            .is_refused(401, "identity_missing");
        let erased = server.ask("POST", "/v1/erase").key(&key);
        let erased = erased.json(json!({"user": "alice"})).send();
        erased.is_refused(403, "identity_unverified");
        let who = server.ask("GET", "/v1/whoami").key(&alice).send();
        assert_eq!(who.json()["trust_mode"], "strict");
        assert_eq!(keep(&server).key(&alice).send().status, 201);
        // What is stored stays as it is.
        let listed = server.operate("GET", "/v1/tenants").send().json();
        let tenants = listed["tenants"].as_array().unwrap();
        let stored = tenants
            .iter()
            .find(|tenant| tenant["name"] == mode)
            .unwrap();
        assert_eq!(stored["trust_mode"], mode);
    }
}

#[test]
fn what_the_listener_says_is_explained() {
    let server = Server::of(Setup {
        acme: Some(TenantPolicy {
            trust_mode: TrustMode::Legacy,
            ..TenantPolicy::default()
        }),
        trust_mode: Some(TrustMode::Required),
        ..Setup::default()
    });
    let explain = |headers: Value| {
        let ask = server.operate("POST", "/v1/identity/explain");
        ask.json(json!({"headers": headers})).send().json()
    };
    let told = explain(json!({"x-anchorhold-user": "alice"}));
    assert_eq!(told["tenant"], "acme");
    assert_eq!(told["trust_mode"], "required");
    assert_eq!(told["refusal"]["code"], "identity_not_permitted");
    let said = told["advisories"].to_string();
    assert!(said.contains("listener"), "{told}");
    let told = explain(json!({"authorization": "Bearer ah_nothing"}));
    assert_eq!(told["tenant"], Value::Null);
    assert_eq!(told["refusal"]["code"], "credential_invalid");
}

#[test]
fn who_shows_no_key_meets_every_route_as_a_plain_key_does() {
    let server = open(TrustMode::Required, Isolation::None);
    let key = server.key("acme", json!({}));
    let document: Value = serde_json::from_str(anchorhold_http::tenant_document()).unwrap();
    let mut met = 0;
    let paths = document["paths"].as_object().unwrap().iter();
    // An invitation is no key: without one it is missing, and a key is none.
    for (path, item) in paths.filter(|(path, _)| *path != "/v1/invites/redeem") {
        for (method, operation) in item.as_object().unwrap() {
            let target = path
                .replace("{id}", "absent")
                .replace("{key_id}", "absent")
                .replace("{link_id}", "absent")
                .replace("{name}", "org%2Facme");
            let method = method.to_uppercase();
            let outcome = |ask: Ask| {
                let has_body = !operation["requestBody"].is_null();
                let ask = if has_body { ask.json(json!({})) } else { ask };
                let reply = ask.send();
                let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
                (reply.status, body["error"]["code"].clone())
            };
            let shown = outcome(server.ask(&method, &target));
            assert_eq!(
                shown,
                outcome(server.ask(&method, &target).key(&key)),
                "{method} {path}"
            );
            met += 1;
        }
    }
    assert!(met > 20, "{met}");
}
