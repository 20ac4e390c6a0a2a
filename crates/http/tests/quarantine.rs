//! The quarantine over a socket: an unknown user works apart, and an admin decides what becomes of it.

mod approvals;

use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

const ALICE: (&str, &str) = ("x-anchorhold-user", "alice");
const TOKEN: &str = "x-anchorhold-sandbox";

struct House {
    server: Server,
    admin: String,
    acting: String,
    plain: String,
}

impl House {
    fn new() -> Self {
        let server = Server::new();
        server.tenant_with(json!({"name": "acme", "trust_mode": "quarantine"}));
        let key = |body| server.key("acme", body);
        Self {
            admin: key(json!({"admin": true})),
            acting: key(json!({"act_as": true})),
            plain: key(json!({})),
            server,
        }
    }

    fn set(&self, quarantine: &Value) {
        let target = "/v1/tenants/acme/identity";
        let set = self.server.operate("PATCH", target);
        let set = set.json(json!({"quarantine": quarantine})).send();
        assert_eq!(set.status, 200, "{set:?}");
    }

    fn ask(&self, key: &str, lines: &[(&str, &str)], method: &str, target: &str) -> Ask {
        let ask = self.server.ask(method, target).key(key);
        lines
            .iter()
            .fold(ask, |ask, (name, value)| ask.header(name, value))
    }

    fn keep(&self, key: &str, lines: &[(&str, &str)], text: &str) -> Reply {
        let ask = self.ask(key, lines, "POST", "/v1/memories");
        ask.json(json!({"content": text})).send()
    }

    fn list(&self, key: &str, lines: &[(&str, &str)]) -> Vec<String> {
        let listed = self.ask(key, lines, "GET", "/v1/memories").send();
        assert_eq!(listed.status, 200, "{listed:?}");
        texts(&listed.json())
    }

    fn manage(&self, method: &str, target: &str, body: Value) -> Reply {
        let ask = self.server.ask(method, target).key(&self.admin);
        let ask = if body.is_null() { ask } else { ask.json(body) };
        ask.send()
    }

    /// The handle of the only sandbox.
    fn only(&self) -> String {
        let list = self.manage("GET", "/v1/quarantine", Value::Null).json();
        let [only] = &list["sandboxes"].as_array().unwrap()[..] else {
            panic!("{list}");
        };
        only["sandbox"].as_str().unwrap().to_owned()
    }

    fn approve(&self, sandbox: &str, user: &str) -> Reply {
        let target = format!("/v1/quarantine/{sandbox}/approve");
        self.manage("POST", &target, json!({"user": user}))
    }
}

fn texts(body: &Value) -> Vec<String> {
    let text = |memory: &Value| memory["content"].as_str().unwrap().to_owned();
    body["memories"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect()
}

#[test]
fn an_unknown_user_keeps_and_reads_apart_from_everybody() {
    let house = House::new();
    let kept = house.keep(&house.acting, &[ALICE], "tea");
    assert_eq!(kept.status, 201, "{kept:?}");
    assert_eq!(kept.header("x-anchorhold-identity"), Some("quarantine"));
    assert_eq!(kept.header(TOKEN), None);
    assert_eq!(kept.json()["namespace"]["kind"], "quarantine");
    assert_eq!(house.list(&house.acting, &[ALICE]), ["tea"]);
    let none: [&str; 0] = [];
    for (key, lines) in [
        (&house.acting, &[("x-anchorhold-user", "bob")][..]),
        (&house.acting, &[("x-openwebui-user-id", "alice")]),
        (&house.plain, &[ALICE]),
        (&house.plain, &[]),
        (&house.acting, &[]),
    ] {
        assert_eq!(house.list(key, lines), none);
    }
    let own = house.server.key("acme", json!({"user": "alice"}));
    assert_eq!(house.list(&own, &[]), none);
    let who = house
        .ask(&house.acting, &[ALICE], "GET", "/v1/whoami")
        .send()
        .json();
    assert_eq!(who["namespace"]["kind"], "quarantine");
    assert_eq!(
        (&who["subject"]["issuer"], &who["strength"]),
        (&json!("quarantine"), &json!("asserted"))
    );
    assert_eq!(who["namespace"]["name"], house.only());
    // Whoever the tenant knows is in no sandbox.
    let bob = house.manage("POST", "/v1/users", json!({"id": "bob"}));
    assert_eq!(bob.status, 201);
    let kept = house.keep(&house.acting, &[("x-anchorhold-user", "bob")], "milk");
    assert_eq!(kept.header("x-anchorhold-identity"), None);
    assert_eq!(kept.json()["namespace"]["kind"], "user");
}

#[test]
fn two_claimants_of_one_name_never_meet() {
    let house = House::new();
    for claim in [&[ALICE][..], &[]] {
        let first = house.keep(&house.plain, claim, "mine");
        let second = house.keep(&house.plain, claim, "theirs");
        let token = |reply: &Reply| reply.header(TOKEN).unwrap().to_owned();
        let (one, other) = (token(&first), token(&second));
        assert_ne!(one, other);
        let with = |token| {
            claim
                .iter()
                .copied()
                .chain([(TOKEN, token)])
                .collect::<Vec<_>>()
        };
        assert_eq!(house.list(&house.plain, &with(&one)), ["mine"]);
        assert_eq!(house.list(&house.plain, &with(&other)), ["theirs"]);
        assert_eq!(house.list(&house.plain, claim), Vec::<String>::new());
        let stranger = house.server.key("acme", json!({}));
        assert_eq!(house.list(&stranger, &with(&one)), Vec::<String>::new());
        assert!(!first.text().contains(&one));
    }
    let list = house.manage("GET", "/v1/quarantine", Value::Null);
    assert_eq!(list.json()["sandboxes"].as_array().unwrap().len(), 4);
}

#[test]
fn a_sandbox_holds_little_and_ends_soon() {
    let house = House::new();
    house.set(&json!({"memories_max": 2, "live_max": 2, "idle_seconds": 3600}));
    for text in ["one", "two"] {
        assert_eq!(house.keep(&house.acting, &[ALICE], text).status, 201);
    }
    house
        .keep(&house.acting, &[ALICE], "three")
        .is_refused(413, "quota_exceeded");
    let batch = json!({"memories": [{"content": "a"}, {"content": "b"}, {"content": "c"}]});
    let bob = [("x-anchorhold-user", "bob")];
    let kept = house.ask(&house.acting, &bob, "POST", "/v1/memories/batch");
    let kept = kept.json(batch).send().json();
    assert_eq!(kept["results"][0]["error"]["code"], "quota_exceeded");
    let large = "x".repeat(8 * 1_024 + 1);
    house
        .keep(&house.acting, &bob, &large)
        .is_refused(413, "quota_exceeded");
    assert_eq!(house.keep(&house.acting, &bob, "small").status, 201);
    let listed = house
        .ask(&house.acting, &bob, "GET", "/v1/memories")
        .send()
        .json();
    let path = format!(
        "/v1/memories/{}",
        listed["memories"][0]["id"].as_str().unwrap()
    );
    let changed = house.ask(&house.acting, &bob, "PATCH", &path);
    changed
        .json(json!({"content": large}))
        .send()
        .is_refused(413, "quota_exceeded");
    let full = house.keep(&house.acting, &[("x-anchorhold-user", "carol")], "tea");
    full.is_refused(429, "session_limit");
    assert!(full.header("retry-after").is_some());
    house.server.clock.advance_seconds(3_600);
    assert_eq!(house.list(&house.acting, &[ALICE]), Vec::<String>::new());
    let swept = house.manage("POST", "/v1/sessions/sweep", Value::Null);
    assert_eq!(swept.json()["swept"], 2);
    let carol = house.keep(&house.acting, &[("x-anchorhold-user", "carol")], "tea");
    assert_eq!(carol.status, 201);
}

#[test]
fn a_rejection_destroys_and_nobody_else_decides() {
    let house = House::new();
    assert_eq!(house.keep(&house.acting, &[ALICE], "tea").status, 201);
    let sandbox = house.only();
    let path = format!("/v1/quarantine/{sandbox}");
    house.server.tenant("other");
    let stranger = house.server.key("other", json!({"admin": true}));
    let own = house.server.key("acme", json!({"user": "alice"}));
    for (key, status) in [
        (&house.acting, 403),
        (&house.plain, 403),
        (&own, 403),
        (&stranger, 404),
    ] {
        let approve = house.ask(key, &[], "POST", &format!("{path}/approve"));
        assert_eq!(approve.json(json!({"user": "eve"})).send().status, status);
        for method in ["GET", "DELETE"] {
            assert_eq!(house.ask(key, &[], method, &path).send().status, status);
        }
    }
    house
        .ask(&house.acting, &[], "GET", "/v1/quarantine")
        .send()
        .is_refused(403, "access_forbidden");
    let receipt = house.manage("DELETE", &path, Value::Null);
    assert_eq!(receipt.json()["records"], 1, "{receipt:?}");
    assert_eq!(house.list(&house.acting, &[ALICE]), Vec::<String>::new());
    house
        .manage("DELETE", &path, Value::Null)
        .is_refused(404, "namespace_not_found");
    house
        .manage("GET", "/v1/quarantine/alice", Value::Null)
        .is_refused(404, "namespace_not_found");
}

#[test]
fn whoever_is_in_a_sandbox_may_have_it_erased_and_nothing_else() {
    let house = House::new();
    let own = house.server.key("acme", json!({"user": "alice"}));
    assert_eq!(house.keep(&own, &[], "proved").status, 201);
    let bob = [("x-anchorhold-user", "bob")];
    assert_eq!(house.keep(&house.acting, &bob, "tea").status, 201);
    let erase = |body: Value| {
        house
            .ask(&house.acting, &bob, "POST", "/v1/erase")
            .json(body)
            .send()
    };
    erase(json!({"user": "alice"})).is_refused(403, "access_forbidden");
    assert_eq!(erase(json!({"self": true})).json()["records"], 1);
    erase(json!({"self": true})).is_refused(404, "user_not_found");
    assert_eq!(house.list(&own, &[]), ["proved"]);
}

#[test]
fn who_merely_claims_a_name_learns_nothing_of_its_user() {
    let house = House::new();
    let alice = house.manage(
        "POST",
        "/v1/users",
        json!({"id": "alice", "role": "viewer"}),
    );
    let links = format!(
        "/v1/users/{}/links",
        alice.json()["handle"].as_str().unwrap()
    );
    let link = json!({"id": "1", "issuer": "owui"});
    assert_eq!(house.manage("POST", &links, link).status, 200);
    let told = |id| {
        let lines = [("x-openwebui-user-id", id)];
        let who = house.ask(&house.plain, &lines, "GET", "/v1/whoami").send();
        let mut who = who.json();
        assert_eq!(who["subject"]["id"], id);
        who["subject"]["id"] = Value::Null;
        let kept = house.keep(&house.plain, &lines, "tea");
        let exported = house.ask(&house.plain, &lines, "GET", "/v1/export").send();
        (who, kept.status, exported.status)
    };
    assert_eq!(told("1"), told("2"));
}

#[test]
fn many_writes_at_once_keep_no_more_than_a_sandbox_holds() {
    let house = House::new();
    house.set(&json!({"memories_max": 5}));
    assert_eq!(house.keep(&house.acting, &[ALICE], "first").status, 201);
    let write = |number: usize| {
        let ask = house.ask(&house.acting, &[ALICE], "POST", "/v1/memories");
        ask.json(json!({"content": format!("memory {number}")}))
    };
    let asks: Vec<Ask> = (0..12).map(write).collect();
    let threads = asks
        .into_iter()
        .map(|ask| std::thread::spawn(move || ask.send().status));
    let threads: Vec<_> = threads.collect();
    for thread in threads {
        assert!([201, 413].contains(&thread.join().unwrap()));
    }
    assert_eq!(house.list(&house.acting, &[ALICE]).len(), 5);
}

#[test]
fn an_erased_user_leaves_nothing_under_their_name() {
    let house = House::new();
    assert_eq!(house.keep(&house.acting, &[ALICE], "before").status, 201);
    let alice = house.manage("POST", "/v1/users", json!({"id": "alice"}));
    assert_eq!(alice.status, 201);
    assert_eq!(house.keep(&house.acting, &[ALICE], "after").status, 201);
    let erased = house.ask(&house.acting, &[ALICE], "POST", "/v1/erase");
    let receipt = erased.json(json!({"self": true})).send().json();
    assert_eq!(
        (&receipt["namespaces"], &receipt["records"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(house.list(&house.acting, &[ALICE]), Vec::<String>::new());
}
