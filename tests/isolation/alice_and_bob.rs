//! Bob, and everybody else who is not Alice, tries every verb on what Alice keeps.

use serde_json::{Value, json};

use super::house::{Caller, House};

const SECRET: &str = "Alice hides the spare key under the blue flowerpot.";
const QUESTION: &str = "Where does Alice hide the spare key?";

/// What Alice keeps, byte for byte.
pub(super) fn everything_of(alice: &Caller) -> Value {
    alice.get("/v1/memories?limit=200").gives(200)
}

/// Every verb that takes the id of a memory, with Alice's id, finds nothing.
#[track_caller]
fn finds_nothing_by_id(intruder: &Caller, id: &str) {
    let path = format!("/v1/memories/{id}");
    intruder.get(&path).is_refused(404, "memory_not_found");
    let change = json!({"content": "Bob was here."});
    intruder
        .patch(&path, &change)
        .is_refused(404, "memory_not_found");
    let at_version = intruder
        .ask("PATCH", &path)
        .header("If-Match", "\"1\"")
        .json(&change);
    at_version.send().is_refused(404, "memory_not_found");
    intruder.delete(&path).is_refused(404, "memory_not_found");
    for dry_run in [true, false] {
        let forgotten = intruder.post("/v1/forget", &json!({"ids": [id], "dry_run": dry_run}));
        let forgotten = forgotten.gives(200);
        assert_eq!(
            (&forgotten["deleted"], &forgotten["ids"]),
            (&json!(0), &json!([]))
        );
    }
}

/// Every verb that looks around sees nothing of Alice's.
#[track_caller]
fn sees_nothing(intruder: &Caller) {
    let is_alices = |content: &String| content.contains("Alice");
    assert!(!intruder.lists().iter().any(is_alices));
    for query in [QUESTION, "flowerpot", SECRET] {
        let body = json!({"query": query, "limit": 200, "threshold": 0.0, "explain": true});
        let found = intruder.post("/v1/recall", &body);
        found.gives(200);
        assert!(!found.text().contains("flowerpot"), "{found:?}");
    }
    for filter in [
        json!({"type": {"eq": "semantic"}}),
        json!({"not": {"type": {"eq": "working"}}}),
        json!({"tags": {"any": ["hidden"]}}),
        json!({"metadata.place": {"exists": true}}),
        json!({"importance": {"gte": 0}}),
    ] {
        let dry = intruder.post("/v1/forget", &json!({"filter": filter, "dry_run": true}));
        let own = intruder.lists().len();
        assert!(
            dry.gives(200)["deleted"].as_u64().unwrap() <= own as u64,
            "{dry:?}"
        );
        let body = json!({"query": QUESTION, "filter": filter, "limit": 200});
        assert!(!intruder.recalls_with(&body).iter().any(is_alices));
    }
}

/// Everything is tried by one intruder; Alice's memories stay as they were to the byte.
#[track_caller]
pub(super) fn leaves_alice_alone(alice: &Caller, id: &str, intruder: &Caller) {
    let before = everything_of(alice);
    sees_nothing(intruder);
    finds_nothing_by_id(intruder, id);
    let matching = intruder.post("/v1/forget", &json!({"filter": {"importance": {"gte": 0}}}));
    matching.gives(200);
    assert_eq!(everything_of(alice), before);
    assert_eq!(
        alice.recalls(QUESTION).first().map(String::as_str),
        Some(SECRET)
    );
}

pub(super) fn keep(alice: &Caller) -> String {
    let memory = json!({
        "content": SECRET,
        "tags": ["hidden"],
        "metadata": {"place": "garden"},
        "conversation": "home",
    });
    alice.keeps("Alice takes her tea without sugar.");
    alice.keeps_with(&memory)
}

/// A15: a memory by the id of another user.
#[test]
fn a15_bob_never_sees_or_changes_what_alice_keeps() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let id = keep(&alice);
    // Bob has no namespace yet, and later one of his own.
    leaves_alice_alone(&alice, &id, &bob);
    bob.keeps("Bob parks his bicycle behind the library.");
    leaves_alice_alone(&alice, &id, &bob);
    bob.keeps("Bob parks his bicycle behind the library.");
    // The same through an application that says who the user is, in every spelling near Alice's.
    let application = tenant.application();
    for name in [
        "bob",
        "Alice",
        "ALICE",
        "alice2",
        "alic",
        "alice/alice",
        "local:alice",
    ] {
        leaves_alice_alone(&alice, &id, &application.for_user(name));
    }
    assert_eq!(
        application
            .for_user("alice")
            .get(&format!("/v1/memories/{id}"))
            .status,
        200
    );
}

/// A memory that Bob keeps under the id of Alice's is his own, and hers stays hers.
#[test]
fn bob_may_use_the_id_of_alices_memory_without_touching_it() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let id = keep(&alice);
    let before = everything_of(&alice);
    let own = bob.post("/v1/memories", &json!({"content": "Bob's own.", "id": id}));
    // Neither 200 replayed nor 409: both would tell that the id is taken.
    let own = own.gives(201);
    assert_eq!(
        (&own["version"], &own["replayed"]),
        (&json!(1), &Value::Null)
    );
    let again = json!({"memories": [{"content": SECRET, "id": id}]});
    let batch = bob.post("/v1/memories/batch", &again).gives(200);
    assert_eq!(batch["results"][0]["status"], 409, "{batch}");
    bob.delete(&format!("/v1/memories/{id}")).gives(200);
    assert_eq!(everything_of(&alice), before);
}

/// A batch goes to the one who sends it.
#[test]
fn a_batch_of_bobs_never_reaches_alice() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let id = keep(&alice);
    let before = everything_of(&alice);
    let batch = json!({"memories": [
        {"content": "One of Bob's.", "id": id},
        {"content": "For Alice?", "namespace": "alice"},
        {"content": "For Alice?", "user": "alice"},
    ]});
    let results = bob.post("/v1/memories/batch", &batch).gives(200);
    let statuses: Vec<u64> = results["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [201, 422, 422], "{results}");
    assert_eq!(everything_of(&alice), before);
    assert_eq!(bob.lists(), ["One of Bob's."]);
}

/// A cursor is bound to the namespace and the route that gave it.
#[test]
fn a_cursor_of_alices_opens_nothing_for_bob() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    for number in 0..3 {
        alice.keeps(&format!("Alice's memory number {number}."));
        bob.keeps(&format!("Bob's memory number {number}."));
    }
    let page = alice.get("/v1/memories?limit=1").gives(200);
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    let next = format!("/v1/memories?limit=1&cursor={cursor}");
    alice.get(&next).gives(200);
    bob.get(&next).is_refused(400, "cursor_invalid");
    alice
        .with("x-anchorhold-workspace", "work")
        .get(&next)
        .is_refused(400, "cursor_invalid");
    alice
        .get(&format!("/v1/namespaces?cursor={cursor}"))
        .is_refused(400, "cursor_invalid");
    // Not one digit of it can be changed.
    for position in 0..cursor.len() {
        let mut changed = cursor.clone().into_bytes();
        changed[position] = if changed[position] == b'0' {
            b'1'
        } else {
            b'0'
        };
        let changed = String::from_utf8(changed).unwrap();
        let reply = alice.get(&format!("/v1/memories?limit=1&cursor={changed}"));
        reply.is_refused(400, "cursor_invalid");
    }
}

/// Erasing is for the user, for who speaks for the user, and for the tenant's admin.
#[test]
fn bob_never_erases_alice() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    let viewer = tenant.key(json!({"user": "alice", "viewer": true}));
    let id = keep(&alice);
    let before = everything_of(&alice);
    let erase = json!({"user": "alice"});
    for intruder in [
        &bob,
        &viewer,
        &tenant.key(json!({})),
        &tenant.key(json!({"act_as": "read"})),
        &tenant.granted("**", "admin"),
    ] {
        let reply = intruder.post("/v1/erase", &erase);
        reply.is_refused(403, "access_forbidden");
        // The same words for a user of whom nothing is kept.
        let absent = intruder.post("/v1/erase", &json!({"user": "nobody"}));
        assert_eq!(reply.comparable(&["alice"]), absent.comparable(&["nobody"]));
    }
    viewer
        .post("/v1/erase", &json!({"self": true}))
        .is_refused(403, "access_forbidden");
    // Bob erases himself: his key ends, hers does not.
    bob.keeps("Something of Bob's.");
    bob.post("/v1/erase", &json!({"self": true})).gives(200);
    bob.get("/v1/memories")
        .is_refused(401, "credential_invalid");
    assert_eq!(everything_of(&alice), before);
    // An admin of another tenant has another Alice.
    let strangers = house.tenant("rival");
    let stranger = strangers.key(json!({"admin": true, "act_as": true}));
    stranger
        .post("/v1/erase", &erase)
        .is_refused(404, "user_not_found");
    stranger.for_user("alice").keeps("The other Alice.");
    stranger.post("/v1/erase", &erase).gives(200);
    assert_eq!(everything_of(&alice), before);
    assert_eq!(alice.get(&format!("/v1/memories/{id}")).status, 200);
}

/// What a viewer may: read, and nothing else.
#[test]
fn a_viewer_of_alice_reads_and_changes_nothing() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let alice = tenant.user("alice");
    let viewer = tenant.key(json!({"user": "alice", "viewer": true}));
    let id = keep(&alice);
    let before = everything_of(&alice);
    assert_eq!(everything_of(&viewer), before);
    assert_eq!(
        viewer.recalls(QUESTION).first().map(String::as_str),
        Some(SECRET)
    );
    let path = format!("/v1/memories/{id}");
    let content = json!({"content": "changed"});
    viewer
        .post("/v1/memories", &content)
        .is_refused(403, "access_forbidden");
    let batch = json!({"memories": [content]});
    viewer
        .post("/v1/memories/batch", &batch)
        .is_refused(403, "access_forbidden");
    viewer
        .patch(&path, &content)
        .is_refused(403, "access_forbidden");
    viewer.delete(&path).is_refused(403, "access_forbidden");
    viewer
        .post("/v1/forget", &json!({"ids": [id]}))
        .is_refused(403, "access_forbidden");
    assert_eq!(everything_of(&alice), before);
}
