//! Signed requests over a socket: proven once, and not a byte of them may be another.

use anchorhold_model::Clock as _;
use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server, SigningKey};

const NONCE: &str = "0123456789abcdef";

/// A tenant that accepts proofs alone, with a key of an application and one for signing.
struct Strict {
    server: Server,
    key: String,
    signing: SigningKey,
}

impl Strict {
    fn new() -> Self {
        let server = Server::new();
        let body = json!({"name": "acme", "trust_mode": "strict"});
        let made = server.operate("POST", "/v1/tenants").json(body).send();
        assert_eq!(made.status, 201, "{made:?}");
        // Nothing counts that may have been sent before the start.
        server.clock.advance_seconds(5);
        Self {
            key: server.key("acme", json!({})),
            signing: signing_key(&server, "acme"),
            server,
        }
    }

    fn now(&self) -> i64 {
        self.server.clock.now().milliseconds() / 1_000
    }

    fn ask(&self, method: &str, target: &str, user: &str) -> Ask {
        let asked = self.server.ask(method, target).key(&self.key);
        asked.user(user)
    }

    fn keep(&self, user: &str, nonce: &str) -> Reply {
        let asked = self.ask("POST", "/v1/memories", user);
        let asked = asked.json(json!({"content": format!("a secret of {user}")}));
        asked.signed(&self.signing, self.now(), nonce).send()
    }
}

fn signing_key(server: &Server, tenant: &str) -> SigningKey {
    let target = format!("/v1/tenants/{tenant}/hmac-keys");
    let asked = server
        .operate("POST", &target)
        .json(json!({"name": "backend"}));
    let made = asked.send();
    assert_eq!(made.status, 201, "{made:?}");
    let text = |field: &str| made.json()[field].as_str().unwrap().to_owned();
    SigningKey {
        id: text("key_id"),
        secret: text("secret"),
    }
}

#[test]
fn a_strict_tenant_takes_a_signed_user_and_no_other() {
    let house = Strict::new();
    let plain = house.ask("GET", "/v1/memories", "alice").send();
    plain.is_refused(403, "identity_unverified");
    let kept = house.keep("alice", NONCE);
    assert_eq!(kept.status, 201, "{kept:?}");
    assert_eq!(house.keep("victim", "0123456789abcdeV").status, 201);
    let listed = house
        .ask("GET", "/v1/memories?limit=10", "alice")
        .signed(&house.signing, house.now(), "0123456789abcdeL")
        .send();
    assert_eq!(listed.status, 200, "{listed:?}");
    let shown = listed.json()["memories"].clone();
    assert_eq!(shown.as_array().unwrap().len(), 1);
    assert_eq!(shown[0]["content"], "a secret of alice");
    let who = house
        .ask("GET", "/v1/whoami", "alice")
        .signed(&house.signing, house.now(), "0123456789abcdeW")
        .send();
    assert_eq!(who.json()["strength"], "proven");
    let erased = house
        .ask("POST", "/v1/erase", "alice")
        .json(json!({"self": true}))
        .signed(&house.signing, house.now(), "0123456789abcdeE")
        .send();
    assert_eq!((erased.status, &erased.json()["records"]), (200, &json!(1)));
}

#[test]
fn a_signed_request_counts_once_in_its_time_and_as_it_was_sent() {
    let house = Strict::new();
    let list = |user: &str| house.ask("GET", "/v1/memories?limit=10", user);
    let refuse = |asked: Ask| asked.send().is_refused(401, "credential_invalid");
    let sent = list("alice").signed(&house.signing, house.now(), NONCE);
    assert_eq!(sent.send().status, 200);
    refuse(sent);
    refuse(list("alice").signed(&house.signing, house.now() - 61, "0123456789abcde1"));
    refuse(list("alice").signed(&house.signing, house.now() + 6, "0123456789abcde2"));
    let signed = |nonce: &str| list("alice").signed(&house.signing, house.now(), nonce);
    refuse(signed("0123456789abcde3").header("x-anchorhold-thread", "one"));
    refuse(signed("0123456789abcde4").with_target("/v1/memories?limit=11"));
    refuse(signed("0123456789abcde5").with_target("/v1/memories?limit=1%30"));
    let replaced = signed("0123456789abcde6").without("x-anchorhold-user");
    refuse(replaced.user("victim"));
    refuse(signed("0123456789abcde7").without("x-anchorhold-user"));
    refuse(signed("0123456789abcde8").without("x-anchorhold-signature"));
    refuse(signed("0123456789abcde9").header("Host", "elsewhere.example"));
    let keep = house.ask("POST", "/v1/memories", "alice");
    let keep = keep.json(json!({"content": "as it was sent"}));
    let keep = keep.signed(&house.signing, house.now(), "0123456789abcdea");
    refuse(keep.clone().bytes(r#"{"content": "as it was sent "}"#));
    assert_eq!(keep.send().status, 201);
    refuse(keep);
    // A batch is signed as a whole, with all that is inside it.
    let inside = json!([{"method": "GET", "path": "/v1/memories"}, {"method": "GET", "path": "/v1/memories"}]);
    let batch = house.ask("POST", "/v1/batch", "alice");
    let batch = batch.json(json!({"operations": inside}));
    let batch = batch.signed(&house.signing, house.now(), "0123456789abcdeb");
    let both = batch.send();
    assert_eq!(both.status, 200, "{both:?}");
    for one in both.json()["results"].as_array().unwrap() {
        assert_eq!(one["status"], 200, "{both:?}");
    }
    for one in batch.send().json()["results"].as_array().unwrap() {
        assert_eq!(one["status"], 401, "a batch counts once too");
    }
}

#[test]
fn the_word_of_a_signature_about_nobody_is_no_word() {
    let house = Strict::new();
    let asked = house.server.ask("GET", "/v1/memories").key(&house.key);
    let asked = asked.signed(&house.signing, house.now(), NONCE);
    asked.send().is_refused(401, "identity_missing");
    let body_in_pieces = house
        .ask("POST", "/v1/import", "alice")
        .header("Content-Type", "application/x-ndjson")
        .bytes("{}")
        .signed(&house.signing, house.now(), "0123456789abcde1");
    body_in_pieces.send().is_refused(401, "credential_invalid");
}

#[test]
fn keys_for_signing_are_two_at_most_and_end_at_once() {
    let house = Strict::new();
    let (server, target) = (&house.server, "/v1/tenants/acme/hmac-keys");
    let second = signing_key(server, "acme");
    let third = server
        .operate("POST", target)
        .json(json!({"name": "backend"}));
    third.send().is_refused(422, "request_invalid");
    let listed = server.operate("GET", target).send();
    let keys = listed.json()["hmac_keys"].as_array().unwrap().clone();
    assert_eq!(keys.len(), 2);
    for key in [&house.signing, &second] {
        assert!(keys.iter().any(|one| one["key_id"] == key.id.as_str()));
        assert!(
            !listed.text().contains(&key.secret),
            "a secret is shown once"
        );
    }
    let ask = |key: &SigningKey, nonce: &str| {
        let asked = house.ask("GET", "/v1/memories", "alice");
        asked.signed(key, house.now(), nonce).send()
    };
    assert_eq!(ask(&house.signing, "0123456789abcde1").status, 200);
    assert_eq!(ask(&second, "0123456789abcde2").status, 200);
    let ended = format!("{target}/{}", house.signing.id);
    let revoked = server.operate("DELETE", &ended).send();
    assert_eq!(revoked.json()["revoked"], Value::Bool(true));
    let refused = server.operate("DELETE", &ended).send();
    refused.is_refused(404, "route_not_found");
    ask(&house.signing, "0123456789abcde3").is_refused(401, "credential_invalid");
    assert_eq!(ask(&second, "0123456789abcde4").status, 200);
    // Of another tenant: it signs nothing here.
    server.tenant("other");
    let foreign = signing_key(server, "other");
    ask(&foreign, "0123456789abcde5").is_refused(401, "credential_invalid");
    let foreign = format!("{target}/{}", foreign.id);
    let refused = server.operate("DELETE", &foreign).send();
    refused.is_refused(404, "route_not_found");
}
