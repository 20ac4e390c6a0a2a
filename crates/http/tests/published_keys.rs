//! Signed tokens whose issuer publishes its keys: fetched over a socket, followed as they change.

use std::net::TcpListener;
use std::sync::{Arc, Condvar, Mutex};

use anchorhold_model::limits::{JWKS_BYTES_MAX, JWKS_FETCHES_MAX, JWKS_KEYS_MAX};
use anchorhold_model::{Fetch, FetchProblem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::issuer::{ISS, Issuer, Key, ask, counts, followed, listed, take};
use crate::support::{Server, Setup, read_reply};

#[test]
fn an_issuer_that_rotates_its_keys_is_followed_by_kid() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let issuer = Issuer::new(&[&old]);
    let (server, target) = followed(&issuer);
    let before = listed(&server);
    assert_eq!(
        (&before["keys"], &before["fetched_at"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(before["algorithms"], json!(["RS256", "ES256", "EdDSA"]));
    assert_eq!(issuer.asked(), 0, "nothing is fetched before it is needed");
    let (by_old, by_new) = (
        old.token(&server, ISS, "old"),
        new.token(&server, ISS, "new"),
    );
    counts(&server, &by_old);
    let after = listed(&server);
    assert_eq!(after["keys"], json!([{"algorithm": "EdDSA", "kid": "old"}]));
    assert!(after["fetched_at"].is_string() && after["fetch_problem"].is_null());
    // Before it publishes the other key, whoever asks for it is a stranger, in the same bytes.
    let stranger = ask(&server, "ah_0").comparable("x-anchorhold-request-id");
    let flood = || {
        for number in 0..20 {
            let refused = ask(&server, &new.token(&server, ISS, &number.to_string()));
            refused.is_refused(401, "credential_invalid");
            assert_eq!(refused.comparable("x-anchorhold-request-id"), stranger);
        }
    };
    flood();
    assert_eq!(issuer.asked(), 1);
    issuer.publish(&[&old, &new]);
    server.clock.advance_seconds(30);
    flood();
    assert_eq!(issuer.asked(), 2);
    counts(&server, &by_new);
    counts(&server, &by_old);
    issuer.publish(&[&new]);
    server.clock.advance_seconds(600);
    ask(&server, &by_old).is_refused(401, "credential_invalid");
    counts(&server, &by_new);
    assert_eq!(issuer.asked(), 3);
    let told = server.operate_as("GET", "/metrics").send().text();
    assert!(
        told.contains("anchorhold_http_jwks_fetches_total{outcome=\"ok\"} 3"),
        "{told}"
    );
    // Another address, given keys, and the end count from the next request on.
    let moved = Issuer::new(&[&old]);
    let change = |body: Value| server.operate("PATCH", &target).json(body).send();
    let changed = change(json!({"jwks_url": moved.url(), "algorithms": ["EdDSA"]}));
    assert_eq!((changed.status, &changed.json()["keys"]), (200, &json!([])));
    ask(&server, &by_new).is_refused(401, "credential_invalid");
    counts(&server, &by_old);
    let given = json!({"keys": [{"algorithm": "EdDSA", "kid": "new", "jwk": new.jwk()}]});
    let changed = change(given).json();
    assert_eq!(
        (&changed["jwks_url"], &changed["fetched_at"]),
        (&Value::Null, &Value::Null)
    );
    counts(&server, &by_new);
    change(json!({"jwks_url": issuer.url()}));
    counts(&server, &by_new);
    assert_eq!(server.operate("DELETE", &target).send().status, 200);
    ask(&server, &by_new).is_refused(401, "credential_invalid");
}

#[test]
fn a_token_whose_keys_cannot_be_fetched_is_never_let_in() {
    let key = Key::new("a");
    let issuer = Issuer::new(&[&key]);
    let (server, _) = followed(&issuer);
    issuer.breaks();
    let token = key.token(&server, ISS, "a");
    let explain = || {
        let headers = json!({"authorization": format!("Bearer {token}")});
        let asked = server.operate("POST", "/v1/identity/explain");
        asked.json(json!({"headers": headers})).send().json()
    };
    assert_eq!(explain()["refusal"]["reason"], "issuer_keys_unavailable");
    assert_eq!(issuer.asked(), 0, "to explain fetches nothing");
    for _ in 0..5 {
        let refused = ask(&server, &token);
        refused.is_refused(503, "overloaded");
        assert!(refused.header("retry-after").is_some(), "{refused:?}");
    }
    assert_eq!(issuer.asked(), 1);
    assert_eq!(listed(&server)["fetch_problem"], "malformed");
    issuer.publish(&[&key]);
    server.clock.advance_seconds(30);
    counts(&server, &token);
    assert_eq!(explain()["whoami"]["tenant"], "acme");
    issuer.breaks();
    server.clock.advance_seconds(3_600);
    counts(&server, &token);
    assert_eq!(listed(&server)["fetch_problem"], "malformed");
    server.clock.advance_seconds(1);
    ask(&server, &token).is_refused(503, "overloaded");
    assert_eq!(explain()["refusal"]["status"], 503);
    // What a stranger sent stands in no log of the tenant.
    let admin = server.key("acme", json!({"admin": true}));
    let log = server.ask("GET", "/v1/audit").key(&admin).send();
    assert!(!log.text().contains("issuer_keys_unavailable"), "{log:?}");
}

#[test]
fn what_is_no_answer_with_public_keys_is_no_key() {
    let key = Key::new("a");
    let issuer = Issuer::new(&[&key]);
    let (server, target) = followed(&issuer);
    let token = key.token(&server, ISS, "a");
    let redirect = format!("302 Found\r\nLocation: {}", issuer.url());
    let document = json!({"keys": [key.jwk()]}).to_string();
    let padded = format!("{document}{}", " ".repeat(JWKS_BYTES_MAX));
    let many = json!({"keys": vec![key.jwk(); JWKS_KEYS_MAX + 1]}).to_string();
    for (status, body, problem) in [
        (redirect.as_str(), document.as_str(), "status"),
        ("500 Broken", &document, "status"),
        ("200 OK", &padded, "too_large"),
        ("200 OK", &many, "malformed"),
        ("200 OK", "", "malformed"),
    ] {
        issuer.says(status, body);
        let before = issuer.asked();
        ask(&server, &token).is_refused(503, "overloaded");
        assert_eq!(listed(&server)["fetch_problem"], problem);
        assert_eq!(issuer.asked(), before + 1, "{status} is not asked further");
        server.clock.advance_seconds(30);
    }
    // Shared secrets and private keys that stand there are keys of nobody.
    let secret = URL_SAFE_NO_PAD.encode("a secret of thirty-two bytes, ok");
    let mut private = key.jwk();
    private["d"] = json!(secret);
    let oct = json!({"kty": "oct", "alg": "HS256", "kid": "a", "k": secret});
    issuer.says("200 OK", &json!({"keys": [oct, private]}).to_string());
    ask(&server, &token).is_refused(401, "credential_invalid");
    let shown = listed(&server);
    assert_eq!(
        (&shown["keys"], &shown["fetch_problem"]),
        (&json!([]), &Value::Null)
    );
    // Who is gone is no key either; and back at its place, it is believed at once.
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let moves = |url: String| {
        server
            .operate("PATCH", &target)
            .json(json!({"jwks_url": url}))
            .send()
    };
    moves(format!("http://{gone}/keys"));
    ask(&server, &token).is_refused(503, "overloaded");
    assert_eq!(listed(&server)["fetch_problem"], "unreachable");
    issuer.publish(&[&key]);
    moves(issuer.url());
    counts(&server, &token);
}

#[test]
fn issuers_of_two_tenants_publish_for_their_own_alone() {
    let (ours, theirs) = (Key::new("a"), Key::new("a"));
    let (issuer, other) = (Issuer::new(&[&ours]), Issuer::new(&[&theirs]));
    let (server, _) = followed(&issuer);
    server.tenant("other");
    let iss = "https://other.example";
    let taken = take(&server, "other", iss, json!({"jwks_url": other.url()}));
    assert_eq!(taken.status, 201, "{taken:?}");
    let who = ask(&server, &theirs.token(&server, iss, "a"));
    assert_eq!(who.json()["tenant"], "other");
    counts(&server, &ours.token(&server, ISS, "a"));
    for crossed in [
        theirs.token(&server, ISS, "a"),
        ours.token(&server, iss, "a"),
    ] {
        ask(&server, &crossed).is_refused(401, "credential_invalid");
    }
    let nobodys = ours.token(&server, "https://nobody.example", "b");
    ask(&server, &nobodys).is_refused(401, "credential_invalid");
    assert_eq!((issuer.asked(), other.asked()), (1, 1));
}

#[test]
fn what_is_no_address_of_keys_is_refused_by_its_field() {
    let server = Server::new();
    server.tenant("acme");
    let url = "https://clerk.example/keys";
    let key = json!({"algorithm": "HS256", "secret": "a secret of thirty-two bytes, ok"});
    for (more, field) in [
        (json!({}), "keys"),
        (json!({"jwks_url": url, "keys": [key]}), "jwks_url"),
        (json!({"jwks_url": "http://clerk.example/keys"}), "jwks_url"),
        (json!({"jwks_url": "file:///etc/passwd"}), "jwks_url"),
        (
            json!({"jwks_url": "https://user@clerk.example/"}),
            "jwks_url",
        ),
        (json!({"jwks_url": url, "algorithms": []}), "algorithms"),
        (
            json!({"jwks_url": url, "algorithms": ["HS256"]}),
            "algorithms",
        ),
        (
            json!({"jwks_url": url, "algorithms": ["EdDSA", "none"]}),
            "algorithms",
        ),
        (
            json!({"keys": [key], "algorithms": ["EdDSA"]}),
            "algorithms",
        ),
    ] {
        let refused = take(&server, "acme", ISS, more.clone());
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.field().as_deref(), Some(field), "{more}");
    }
    // A name that leads into the house is not asked, whatever is there.
    let taken = take(
        &server,
        "acme",
        ISS,
        json!({"jwks_url": "https://localhost/keys"}),
    );
    assert_eq!(taken.status, 201);
    let token = Key::new("a").token(&server, ISS, "a");
    ask(&server, &token).is_refused(503, "overloaded");
    assert_eq!(listed(&server)["fetch_problem"], "address_refused");
}

/// Keeps whoever fetches, until it is told otherwise.
#[derive(Default)]
struct Slow {
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Fetch for Slow {
    fn fetch(&self, _: &str) -> Result<Vec<u8>, FetchProblem> {
        let mut state = self.state.lock().unwrap();
        state.0 += 1;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |(_, is_over)| !*is_over));
        Err(FetchProblem::Unreachable)
    }
}

#[test]
fn a_slow_issuer_keeps_nobody_else_waiting_at_the_door() {
    let slow = Arc::new(Slow::default());
    let server = Server::of(Setup {
        fetch: Arc::clone(&slow) as _,
        ..Setup::default()
    });
    let key = server.acting();
    // As many as there are porters, each of a tenant of its own and fetched for as long as we like.
    let slow_ones: Vec<_> = (0..JWKS_FETCHES_MAX)
        .map(|number| {
            let (tenant, iss) = (
                format!("slow-{number}"),
                format!("https://{number}.example"),
            );
            server.tenant(&tenant);
            let url = json!({"jwks_url": "https://clerk.example/keys"});
            assert_eq!(take(&server, &tenant, &iss, url).status, 201);
            Key::new("a").token(&server, &iss, "a")
        })
        .collect();
    let begin = |token: &String| server.ask("GET", "/v1/whoami").key(token).start();
    let waiting: Vec<_> = slow_ones
        .iter()
        .flat_map(|token| [begin(token), begin(token)])
        .collect();
    let state = slow.state.lock().unwrap();
    let all_begun = |(begun, _): &mut (usize, bool)| *begun < JWKS_FETCHES_MAX;
    drop(slow.changed.wait_while(state, all_begun));
    // Keys that nobody has seen yet need a porter.
    for number in 0..12 {
        ask(&server, &format!("ah_{number}")).is_refused(401, "credential_invalid");
    }
    let who = server.ask("GET", "/v1/whoami").key(&key).user("alice");
    assert_eq!(who.send().status, 200);
    let mut state = slow.state.lock().unwrap();
    assert_eq!(state.0, JWKS_FETCHES_MAX, "each is asked once");
    state.1 = true;
    drop(state);
    slow.changed.notify_all();
    for mut stream in waiting {
        read_reply(&mut stream, false).is_refused(503, "overloaded");
    }
}
