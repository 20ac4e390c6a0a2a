//! What leaves the house: nothing without the tenant's consent, and two models never meet.

use serde_json::{Value, json};

use super::house::{Caller, House};
use crate::support::{Server, Upstream};

const KEY: &str = "canary-key-of-the-embedder";

/// A house with one configured embedder of another house, and that.
fn house() -> (House, Upstream) {
    let upstream = Upstream::start();
    let server = Server::start_after(|data, _| {
        let key = data.with_file_name("upstream.key");
        std::fs::write(key, KEY).unwrap();
        let table = upstream.table("other", "key_file = \"upstream.key\"\ntimeout_seconds = 2");
        std::fs::write(data.with_file_name("anchorhold.toml"), table).unwrap();
    });
    (House { server }, upstream)
}

fn remote() -> Value {
    json!({"kind": "remote", "embedder": "other"})
}

fn caller(dimension: usize) -> Value {
    json!({"embedding": {"kind": "caller", "dimension": dimension}})
}

fn vector(dimension: usize) -> Vec<usize> {
    (1..=dimension).collect()
}

/// Every verb that could need a vector, for somebody whose vectors the server makes.
fn uses(person: &Caller, word: &str) {
    let id = person.keeps(&format!("The {word} is in the garden."));
    let batch = json!({"memories": [{"content": format!("A {word} in a batch.")}]});
    person.post("/v1/memories/batch", &batch).gives(200);
    let path = format!("/v1/memories/{id}");
    let changed = json!({"content": format!("The {word} is in the house.")});
    person.patch(&path, &changed).gives(200);
    let found = person.recalls(word);
    for expected in [
        format!("The {word} is in the house."),
        format!("A {word} in a batch."),
    ] {
        assert!(found.contains(&expected), "{found:?}");
    }
}

#[test]
fn a_tenant_without_consent_never_causes_a_connection() {
    let (house, upstream) = house();
    let operator = house.operator();
    let refused = json!({"name": "unasked", "embedding": remote()});
    operator
        .post("/v1/tenants", &refused)
        .is_refused(422, "request_invalid");
    let plain = house.tenant("plain");
    let alice = plain.user("alice");
    uses(&alice, "rose");
    operator
        .patch("/v1/tenants/plain", &json!({"embedding": remote()}))
        .is_refused(422, "request_invalid");
    uses(&plain.user("bob"), "lily");
    // Consent alone sends nothing: somebody must also have chosen the embedder.
    let willing = house.tenant_with("willing", json!({"egress": {"embedding": true}}));
    uses(&willing.user("alice"), "rose");
    let own = house.tenant_with("own", caller(8));
    let kept = json!({"content": "A tulip.", "vector": vector(8)});
    own.user("alice").post("/v1/memories", &kept).gives(201);
    assert_eq!(upstream.connections(), 0);

    let both = json!({"embedding": remote(), "egress": {"embedding": true}});
    let open = house.tenant_with("open", both);
    let carol = open.user("carol");
    uses(&carol, "orchid");
    let before = upstream.connections();
    assert!(before > 0, "the counter counts");
    assert!(upstream.heard().contains("orchid") && upstream.heard().contains(KEY));
    open.demand(&json!({"egress": {"embedding": false}}));
    let kept = json!({"content": "A secret violet."});
    carol
        .post("/v1/memories", &kept)
        .is_refused(403, "model_forbidden");
    carol
        .post("/v1/recall", &json!({"query": "violet"}))
        .is_refused(403, "model_forbidden");
    assert_eq!(carol.lists().len(), 2, "what was kept is read as ever");
    uses(&alice, "poppy");
    assert_eq!(upstream.connections(), before);
    for unsent in ["rose", "lily", "tulip", "violet", "poppy"] {
        assert!(!upstream.heard().contains(unsent), "{unsent}");
    }
}

#[test]
fn an_embedder_that_fails_keeps_nothing_and_tells_neither_text_nor_key_nor_address() {
    let (house, upstream) = house();
    let both = json!({"embedding": remote(), "egress": {"embedding": true}});
    let alice = house.tenant_with("open", both).user("alice");
    alice.keeps("A rose.");
    for status in [401, 429, 500] {
        upstream.answers_with(status);
        let kept = json!({"content": "The canary sings."});
        let refused = alice.post("/v1/memories", &kept);
        refused.is_refused(503, "overloaded");
        assert!(refused.header("retry-after").is_some());
        let asked = alice.post("/v1/recall", &json!({"query": "canary sings"}));
        asked.is_refused(503, "overloaded");
        for reply in [refused, asked] {
            let told = reply.text();
            assert!(!told.contains("127.0.0.1") && !told.contains("canary"));
        }
    }
    assert!(upstream.heard().contains("canary sings"));
    let log = house.server.log();
    assert!(!log.contains("canary"), "{log}");
    upstream.answers_with(200);
    assert_eq!(alice.lists(), ["A rose."]);
    alice.keeps("A lily.");
    assert!(alice.recalls("lily").contains(&"A lily.".to_owned()));
}

#[test]
fn tenants_with_different_models_live_side_by_side() {
    let (house, upstream) = house();
    let both = json!({"embedding": remote(), "egress": {"embedding": true}});
    let remote = house.tenant_with("remote", both).user("alice");
    let builtin = house.tenant("builtin").user("alice");
    let own = [(8, "eight"), (1_536, "many")].map(|(dimension, name)| {
        let tenant = house.tenant_with(name, caller(dimension));
        (tenant.user("alice"), dimension)
    });
    for round in ["one", "two"] {
        uses_alone(&remote, round);
        uses_alone(&builtin, round);
        for (alice, dimension) in &own {
            let content = format!("The word is {round}.");
            let kept = json!({"content": content, "vector": vector(*dimension)});
            alice.keeps_with(&kept);
            let asked = json!({"query": round, "vector": vector(*dimension)});
            assert!(alice.recalls_with(&asked).contains(&content));
            let foreign = json!({"query": round, "vector": vector(384)});
            alice
                .post("/v1/recall", &foreign)
                .is_refused(422, "request_invalid");
        }
    }
    assert!(upstream.connections() > 0);
}

fn uses_alone(alice: &Caller, word: &str) {
    let content = format!("The word is {word}.");
    alice.keeps(&content);
    assert!(alice.recalls(word).contains(&content));
    let given = json!({"content": "With a vector.", "vector": vector(384)});
    alice
        .post("/v1/memories", &given)
        .is_refused(422, "request_invalid");
}

#[test]
fn a_changed_policy_is_for_new_namespaces_and_the_old_keep_their_model_over_a_restart() {
    let (mut house, upstream) = house();
    let tenant = house.tenant("acme");
    let alice_key = tenant.user("alice").key;
    let bob_key = tenant.user("bob").key;
    house.caller(&alice_key).keeps("A rose.");
    tenant.demand(&caller(8));
    for _ in 0..2 {
        let (alice, bob) = (house.caller(&alice_key), house.caller(&bob_key));
        alice.keeps("A lily.");
        assert_eq!(alice.recalls("rose")[0], "A rose.");
        let kept = json!({"content": "A tulip.", "vector": vector(8)});
        bob.keeps_with(&kept);
        bob.post("/v1/memories", &json!({"content": "A poppy."}))
            .is_refused(422, "request_invalid");
        let asked = json!({"query": "tulip", "vector": vector(8)});
        assert_eq!(bob.recalls_with(&asked)[0], "A tulip.");
        house.server.stop();
        house.server.serve();
    }
    // The last memory ends the model of a namespace.
    let alice = house.caller(&alice_key);
    let listed = alice.get("/v1/memories?limit=200").gives(200);
    for memory in listed["memories"].as_array().unwrap() {
        let path = format!("/v1/memories/{}", memory["id"].as_str().unwrap());
        alice.delete(&path).gives(200);
    }
    alice.keeps_with(&json!({"content": "A violet.", "vector": vector(8)}));
    assert_eq!(upstream.connections(), 0);
}
