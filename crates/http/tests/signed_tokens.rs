//! Signed tokens (JWT) over a socket: each proves a user of its issuer, of one tenant, in its time.

use anchorhold_crypto::{RequestKey, Secret};
use anchorhold_model::Clock as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

const SECRET: &str = "a secret of thirty-two bytes, ok";
const OTHER: &str = "another secret of that many byte";
const ISS: &str = "https://clerk.example";

fn token(server: &Server, secret: &str, more: Value) -> String {
    let now = server.clock.now().milliseconds() / 1_000;
    let mut claims = json!({"iss": ISS, "aud": "memory", "sub": "alice", "exp": now + 300});
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let signed = [r#"{"alg":"HS256"}"#.to_owned(), claims.to_string()];
    let signed = signed.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let key = Secret::new(secret.as_bytes().try_into().unwrap());
    let signature = RequestKey::new(&key).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn clerk(more: Value) -> Value {
    let keys = json!([{"algorithm": "HS256", "secret": SECRET}]);
    let mut body = json!({"name": "clerk", "iss": ISS, "audience": "memory", "keys": keys});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn take(server: &Server, tenant: &str, body: Value) -> Reply {
    let target = format!("/v1/tenants/{tenant}/jwt-key-sets");
    server.operate("POST", &target).json(body).send()
}

/// A tenant that accepts proofs alone, and takes tokens of an issuer.
fn strict() -> (Server, String) {
    let server = Server::new();
    let body = json!({"name": "acme", "trust_mode": "strict"});
    let made = server.operate("POST", "/v1/tenants").json(body).send();
    assert_eq!(made.status, 201, "{made:?}");
    let taken = take(&server, "acme", clerk(json!({"role_claim": "role"})));
    assert_eq!(taken.status, 201, "{taken:?}");
    assert!(!taken.text().contains(SECRET));
    let id = taken.json()["key_id"].as_str().unwrap().to_owned();
    (server, id)
}

fn list(server: &Server, token: &str) -> Ask {
    server.ask("GET", "/v1/memories").key(token)
}

#[test]
fn a_token_is_a_credential_of_its_tenant_and_proves_its_user() {
    let (server, _) = strict();
    let alice = token(&server, SECRET, json!({}));
    let who = server.ask("GET", "/v1/whoami").key(&alice).send().json();
    assert_eq!(
        (&who["tenant"], &who["strength"]),
        (&json!("acme"), &json!("proven"))
    );
    assert_eq!(
        who["subject"],
        json!({"issuer": "jwt:clerk", "id": "alice"})
    );
    let keep = server.ask("POST", "/v1/memories").key(&alice);
    let kept = keep.json(json!({"content": "a secret of alice"})).send();
    assert_eq!(kept.status, 201, "{kept:?}");
    assert!(
        list(&server, &alice)
            .send()
            .text()
            .contains("a secret of alice")
    );
    // The alice of the tenant's own word is somebody else, and so is every other subject.
    let local = server.key("acme", json!({"user": "alice"}));
    let bob = token(&server, SECRET, json!({"sub": "bob"}));
    for other in [&local, &bob] {
        let listed = list(&server, other).send();
        assert_eq!(
            (listed.status, &listed.json()["memories"]),
            (200, &json!([]))
        );
    }
    // A header beside it is a conflict, also under another name of the same person.
    for user in ["victim", "alice"] {
        let asked = list(&server, &alice).user(user).send();
        asked.is_refused(403, "identity_conflict");
    }
    let viewer = token(&server, SECRET, json!({"role": ["viewer"]}));
    assert_eq!(list(&server, &viewer).send().status, 200);
    let keep = server.ask("POST", "/v1/memories").key(&viewer);
    keep.json(json!({"content": "x"}))
        .send()
        .is_refused(403, "access_forbidden");
    let erase = server.ask("POST", "/v1/erase").key(&viewer);
    erase
        .json(json!({"self": true}))
        .send()
        .is_refused(403, "access_forbidden");
    let erase = server.ask("POST", "/v1/erase").key(&alice);
    assert_eq!(erase.json(json!({"self": true})).send().status, 200);
}

#[test]
fn what_does_not_count_is_a_credential_of_nobody_in_the_same_bytes() {
    let (server, id) = strict();
    let now = server.clock.now().milliseconds() / 1_000;
    let forged = token(&server, OTHER, json!({}));
    let expired = token(&server, SECRET, json!({"exp": now - 31}));
    let early = token(&server, SECRET, json!({"nbf": now + 31}));
    let elsewhere = token(&server, SECRET, json!({"aud": "web"}));
    let unknown = token(&server, SECRET, json!({"iss": "https://evil.example"}));
    let nobody = token(&server, SECRET, json!({"sub": ""}));
    let no_key = list(&server, "ah_0")
        .send()
        .comparable("x-anchorhold-request-id");
    for bad in [&forged, &expired, &early, &elsewhere, &unknown, &nobody] {
        let refused = list(&server, bad).send();
        refused.is_refused(401, "credential_invalid");
        assert_eq!(refused.comparable("x-anchorhold-request-id"), no_key);
    }
    // The issuer changes its key, and is ended.
    let good = token(&server, SECRET, json!({}));
    assert_eq!(list(&server, &good).send().status, 200);
    let target = format!("/v1/tenants/acme/jwt-key-sets/{id}");
    let keys = json!({"keys": [{"algorithm": "HS256", "secret": OTHER}]});
    let changed = server.operate("PATCH", &target).json(keys).send();
    assert_eq!(changed.status, 200, "{changed:?}");
    list(&server, &good)
        .send()
        .is_refused(401, "credential_invalid");
    assert_eq!(list(&server, &forged).send().status, 200);
    assert_eq!(server.operate("DELETE", &target).send().status, 200);
    list(&server, &forged)
        .send()
        .is_refused(401, "credential_invalid");
}

#[test]
fn an_issuer_leads_to_one_tenant_and_on_purpose_to_its_own_users() {
    let (server, id) = strict();
    server.tenant("other");
    take(&server, "other", clerk(json!({}))).is_refused(422, "request_invalid");
    take(&server, "acme", clerk(json!({"audience": "web"}))).is_refused(422, "request_invalid");
    let local = json!({"name": "house", "audience": "web", "issuer": "local"});
    assert_eq!(take(&server, "other", clerk(local)).status, 201);
    let alice = token(&server, SECRET, json!({"aud": ["web"]}));
    let who = server.ask("GET", "/v1/whoami").key(&alice).send().json();
    assert_eq!(
        (&who["tenant"], &who["subject"]["issuer"]),
        (&json!("other"), &json!("local"))
    );
    // One tenant's token opens nothing beside a key of another, nor its lists.
    let foreign = server.key("acme", json!({}));
    let both = list(&server, &alice).header("X-API-Key", &foreign).send();
    both.is_refused(401, "credential_invalid");
    let listed = server
        .operate("GET", "/v1/tenants/other/jwt-key-sets")
        .send();
    assert!(!listed.text().contains(&id) && listed.text().contains("house"));
    let target = format!("/v1/tenants/other/jwt-key-sets/{id}");
    server
        .operate("DELETE", &target)
        .send()
        .is_refused(404, "route_not_found");
    let keys = json!({"keys": [{"algorithm": "HS256", "secret": OTHER}]});
    let refused = server.operate("PATCH", &target).json(keys).send();
    refused.is_refused(404, "route_not_found");
    // An issuer is no API key, and is not listed as one.
    let keys = server.operate("GET", "/v1/tenants/acme/keys").send();
    assert!(!keys.text().contains(&id), "{keys:?}");
}

#[test]
fn what_is_no_key_of_an_issuer_is_refused_by_its_place() {
    let server = Server::new();
    server.tenant("acme");
    let refuse = |keys: Value, field: &str| {
        let refused = take(&server, "acme", clerk(json!({"keys": keys})));
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.json()["error"]["field"], field, "{refused:?}");
    };
    refuse(json!([]), "keys");
    refuse(json!([{"algorithm": "HS256"}]), "keys[0]");
    refuse(
        json!([{"algorithm": "HS256", "secret": SECRET, "pem": "x"}]),
        "keys[0]",
    );
    refuse(
        json!([{"algorithm": "none", "secret": SECRET}]),
        "keys[0].algorithm",
    );
    refuse(
        json!([{"algorithm": "HS256", "secret": "short"}]),
        "keys[0].secret",
    );
    refuse(
        json!([{"algorithm": "RS256", "secret": SECRET}]),
        "keys[0].secret",
    );
    let good = json!({"algorithm": "HS256", "secret": SECRET});
    refuse(
        json!([good, {"algorithm": "RS256", "pem": "-----BEGIN PUBLIC KEY-----"}]),
        "keys[1].pem",
    );
    refuse(
        json!([{"algorithm": "ES256", "jwk": {"kty": "oct", "k": "AAAA"}}]),
        "keys[0].jwk",
    );
    for (field, value) in [("issuer", "owui"), ("name", ""), ("iss", "")] {
        let refused = take(&server, "acme", clerk(json!({field: value})));
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.json()["error"]["field"], field);
    }
}
