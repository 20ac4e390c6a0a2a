//! Recalls that are answered from memory, on no worker.

use anchorhold_http::Limits;
use serde_json::{Value, json};

use crate::support::{HELD, Reply, Server, read_reply};

fn server(workers: usize) -> (Server, String) {
    server_with(Limits::default(), workers)
}

fn server_with(limits: Limits, workers: usize) -> (Server, String) {
    let server = Server::with(limits, workers);
    let embedding = json!({"kind": "caller", "dimension": 8});
    server.tenant_with(json!({"name": "acme", "embedding": embedding}));
    let key = server.key("acme", json!({"act_as": true}));
    for (user, content) in [("alice", "tea"), ("bob", "coffee")] {
        let kept = server.ask("POST", "/v1/memories").key(&key).user(user);
        let kept = kept.json(json!({"content": content, "vector": vector()}));
        assert_eq!(kept.send().status, 201);
    }
    (server, key)
}

fn vector() -> Value {
    json!([0.5, 0, 0, 0, 0, 0, 0, -1.5e-5])
}

fn recall(server: &Server, key: &str, user: &str) -> Reply {
    let asked = server.ask("POST", "/v1/recall").key(key).user(user);
    asked.json(json!({"query": "?", "vector": vector()})).send()
}

#[test]
fn a_recall_from_memory_is_answered_while_every_worker_is_taken() {
    let (server, key) = server(1);
    let before = recall(&server, &key, "alice");
    assert_eq!(before.json()["results"][0]["memory"]["content"], "tea");
    server.tenant("house");
    let house = server.key("house", json!({"act_as": true}));
    let held = server.ask("POST", "/v1/memories").key(&house).user("carol");
    let mut held = held.json(json!({"content": HELD})).start();
    server.embedder.wait_for(1);
    let during = recall(&server, &key, "alice");
    assert_eq!(during.status, 200);
    assert_eq!(during.json(), before.json());
    let names = |reply: &Reply| -> Vec<String> {
        let names = reply.headers.iter().map(|(name, _)| name.clone());
        names.collect()
    };
    assert_eq!(names(&during), names(&before));
    server.embedder.release();
    assert_eq!(read_reply(&mut held, false).status, 201);
}

#[test]
fn a_recall_that_may_take_long_takes_its_place_among_the_others() {
    let limits = Limits {
        queue_waiters_max: 0,
        ..Limits::default()
    };
    let (server, key) = server_with(limits, 1);
    server.tenant("house");
    let house = server.key("house", json!({"act_as": true}));
    let ask = |question: &str| {
        let asked = server.ask("POST", "/v1/recall").key(&key).user("alice");
        let asked = asked.header("Content-Type", "application/json");
        asked.bytes(question).send()
    };
    let question = json!({"query": "?", "vector": vector()});
    let mut filtered = question.clone();
    filtered["filter"] = json!({"tags": {"any": ["warm"]}});
    let mut many = question.clone();
    many["limit"] = 51.into();
    let mut wordy = question.clone();
    wordy["query"] = "ab ".repeat(2_000).into();
    let long = [filtered, many, wordy].map(|question| question.to_string());
    let quick = question.to_string();
    let large = quick.clone() + &" ".repeat(65_536);
    for question in long.iter().chain([&quick, &large]) {
        assert_eq!(ask(question).status, 200);
    }
    let held = server.ask("POST", "/v1/memories").key(&house).user("carol");
    let mut held = held.json(json!({"content": HELD})).start();
    server.embedder.wait_for(1);
    assert_eq!(ask(&quick).status, 200);
    for question in &long {
        ask(question).is_refused(503, "overloaded");
    }
    ask(&large).is_refused(503, "overloaded");
    server.embedder.release();
    assert_eq!(read_reply(&mut held, false).status, 201);
}

#[test]
fn everybody_is_answered_from_their_own_memory() {
    let (server, key) = server(4);
    for _ in 0..3 {
        for (user, content) in [("alice", "tea"), ("bob", "coffee")] {
            let results = recall(&server, &key, user).json()["results"].clone();
            assert_eq!(results.as_array().unwrap().len(), 1);
            assert_eq!(results[0]["memory"]["content"], content);
        }
        assert_eq!(recall(&server, &key, "carol").json()["results"], json!([]));
    }
}

#[test]
fn a_revoked_key_recalls_nothing_more_from_memory() {
    let (server, key) = server(4);
    let (bound, id) = server.key_with_id("acme", json!({"user": "alice"}));
    assert_eq!(recall(&server, &bound, "alice").status, 200);
    assert_eq!(recall(&server, &bound, "alice").status, 200);
    recall(&server, &bound, "bob").is_refused(403, "identity_conflict");
    let revoked = server.operate("DELETE", &format!("/v1/tenants/acme/keys/{id}"));
    assert!(revoked.send().status < 300);
    recall(&server, &bound, "alice").is_refused(401, "credential_invalid");
    assert_eq!(recall(&server, &key, "alice").status, 200);
}
