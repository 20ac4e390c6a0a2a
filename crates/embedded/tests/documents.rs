//! The example, as it is: its own tokens, its organisations, and what Bob has let Alice read.

#[path = "../examples/documents/app.rs"]
mod app;

use anchorhold::{TenantPolicy, TrustMode};
use anchorhold_store::{Entry, EntryOutcome};
use serde_json::{Value, json};

use crate::support::{Client, Home, Reply};

/// Somebody who is signed in, and what they send beside their token.
struct Person<'a> {
    client: &'a Client,
    bearer: String,
    more: Vec<(&'a str, &'a str)>,
}

impl<'a> Person<'a> {
    fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.more.push((name, value));
        self
    }

    fn ask(&self, line: &str, body: Option<Value>) -> Reply {
        let mut headers = vec![("authorization", self.bearer.as_str())];
        headers.extend(&self.more);
        self.client.ask(line, &headers, body)
    }

    fn get(&self, target: &str) -> Reply {
        self.ask(&format!("GET {target}"), None)
    }

    fn post(&self, target: &str, body: Value) -> Reply {
        self.ask(&format!("POST {target}"), Some(body))
    }

    fn keep(&self, at: &str, content: &str) -> Reply {
        self.post(&format!("{at}/v1/memories"), json!({"content": content}))
    }

    fn list(&self, at: &str) -> Vec<String> {
        self.get(&format!("{at}/v1/memories")).contents()
    }
}

fn person<'a>(client: &'a Client, user: &str) -> Person<'a> {
    Person {
        client,
        bearer: format!("Bearer {}", app::token(user).unwrap()),
        more: Vec::new(),
    }
}

#[test]
fn a_token_of_the_application_leads_to_its_users_own_memory() {
    let home = Home::new();
    let memory = home.open();
    let client = Client::new(app::app(&memory));
    let person = |user| person(&client, user);
    for user in ["alice", "bob"] {
        let kept = person(user).keep("/my", &format!("of {user}"));
        assert_eq!(kept.status, 201);
    }
    for user in ["alice", "bob"] {
        assert_eq!(person(user).list("/my"), [format!("of {user}")]);
    }
    let who = person("alice").get("/my/v1/whoami").body;
    assert_eq!(who["subject"], json!({"issuer": "local", "id": "alice"}));
    assert_eq!(who["strength"], "proven");
    // Who is not signed in does not get as far.
    for token in ["", "Bearer ah_anything", "Bearer eyJhbGciOiJub25lIn0.e30."] {
        let reply = client.get("/my/v1/memories", &[("authorization", token)]);
        assert_eq!(reply.status, 401);
        assert!(reply.body.is_null(), "it is the application that refuses");
    }
    assert_eq!(person("mallory").get("/my/v1/memories").status, 401);
}

#[test]
fn a_header_beside_a_token_of_the_application_is_a_conflict_and_never_the_victims_data() {
    for trust_mode in [TrustMode::Strict, TrustMode::Required] {
        let home = Home::new();
        let memory = home.with(TenantPolicy {
            trust_mode,
            ..TenantPolicy::default()
        });
        let client = Client::new(app::app(&memory));
        let person = |user| person(&client, user);
        person("victor").keep("/my", "of victor");
        for (name, value) in [
            ("x-anchorhold-user", "victor"),
            ("x-isolation-key", "victor"),
            ("x-isolation-key", "umbrella"),
        ] {
            let hostile = person("alice").with(name, value);
            let conflict = |reply: Reply| reply.is_refused(403, "identity_conflict");
            for target in ["/my/v1/memories", "/team/v1/memories", "/my/v1/export"] {
                conflict(hostile.get(target));
            }
            conflict(hostile.keep("/my", "planted"));
            conflict(hostile.post("/my/v1/recall", json!({"query": "of victor"})));
            for erased in [json!({"self": true}), json!({"user": "victor"})] {
                conflict(hostile.post("/my/v1/erase", erased));
            }
        }
        // Without the header too, only one's own is erased.
        let erased = person("alice").post("/my/v1/erase", json!({"user": "victor"}));
        erased.is_refused(403, "access_forbidden");
        assert_eq!(person("victor").list("/my"), ["of victor"]);
    }
}

#[test]
fn who_is_let_in_reads_for_one_request_and_the_log_tells_of_both() {
    let home = Home::new();
    let memory = home.open();
    let client = Client::new(app::app(&memory));
    let person = |user| person(&client, user);
    person("alice").keep("/my", "of alice");
    let bob = person("bob").keep("/my", "of bob");
    let diary = person("bob").with("x-anchorhold-workspace", "diary");
    assert_eq!(diary.keep("/my", "dear diary").status, 201);
    // No address names anybody: the header is the application's own.
    let guest = || person("alice").with("document-owner", "bob");
    assert_eq!(guest().list("/my"), ["of bob"]);
    assert_eq!(person("alice").list("/my"), ["of alice"]);
    let found = guest().post("/my/v1/recall", json!({"query": "of"})).body;
    assert_eq!(found["results"][0]["memory"]["content"], "of bob");
    // Who is let in is let in to read, in this one place.
    let forbidden = |reply: Reply| reply.is_refused(403, "access_forbidden");
    forbidden(guest().keep("/my", "planted"));
    let id = bob.body["id"].as_str().unwrap();
    forbidden(guest().ask(&format!("DELETE /my/v1/memories/{id}"), None));
    forbidden(guest().post("/my/v1/erase", json!({"self": true})));
    let below = guest().with("x-anchorhold-workspace", "diary");
    below
        .get("/my/v1/memories")
        .is_refused(403, "identity_conflict");
    // Others are let in by nobody, and whoever may read lets nobody in.
    for (user, owner) in [("carol", "bob"), ("bob", "alice"), ("alice", "carol")] {
        let refused = person(user).with("document-owner", owner);
        assert_eq!(refused.get("/my/v1/memories").status, 403);
    }
    assert_eq!(person("bob").list("/my"), ["of bob"]);
    drop((client, memory));
    is_told(&home.log());
}

/// The log of what Alice did at Bob's.
fn is_told(log: &[Entry]) {
    let is_own = |entry: &&Entry| entry.on_behalf_of.is_none() && entry.verb == "remember";
    let mut written = log.iter().rev().filter(is_own);
    let (alice, bob) = (written.next().unwrap(), written.next().unwrap());
    assert!(alice.subject.is_some() && alice.subject != bob.subject);
    let guests = log.iter().filter(|entry| entry.on_behalf_of.is_some());
    let guests: Vec<_> = guests.collect();
    let verbs: Vec<_> = guests.iter().map(|entry| entry.verb.as_str()).collect();
    assert_eq!(verbs, ["recall", "list"]);
    for entry in guests {
        assert_eq!(entry.subject, bob.subject);
        assert_eq!(entry.on_behalf_of, alice.subject);
        assert_eq!(entry.source.as_deref(), Some("application"));
        assert_eq!(entry.outcome, EntryOutcome::Done);
    }
    let refused = |reason: &str| {
        let reason = reason.to_owned();
        let denied = EntryOutcome::Denied { reason };
        log.iter().filter(|entry| entry.outcome == denied).count()
    };
    assert_eq!(refused("access_forbidden"), 3);
    assert_eq!(refused("identity_conflict"), 1);
}

#[test]
fn members_share_the_memory_of_their_organisation_and_others_see_nothing() {
    let home = Home::new();
    let memory = home.open();
    let client = Client::new(app::app(&memory));
    let person = |user| person(&client, user);
    let kept = person("carol").keep("/team", "of acme");
    assert_eq!(kept.status, 201);
    for member in ["alice", "bob", "carol"] {
        assert_eq!(person(member).list("/team"), ["of acme"]);
        assert_eq!(person(member).list("/my"), [""; 0]);
    }
    assert_eq!(person("victor").list("/team"), [""; 0]);
    let id = kept.body["id"].as_str().unwrap();
    let foreign = person("victor").get(&format!("/team/v1/memories/{id}"));
    foreign.is_refused(404, "memory_not_found");
    // No member destroys what belongs to all.
    let erased = person("bob").post("/team/v1/erase", json!({"self": true}));
    erased.is_refused(403, "access_forbidden");
    drop((client, memory));
    let log = home.log();
    let kept = log.iter().find(|entry| entry.verb == "remember").unwrap();
    assert!(kept.subject.is_some() && kept.on_behalf_of.is_some());
    assert!(log.iter().all(|entry| entry.verb != "list"));
}
