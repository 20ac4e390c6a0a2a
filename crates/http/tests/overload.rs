//! More requests than workers, and verbs that fail badly.

use std::time::Duration;

use anchorhold_http::Limits;
use serde_json::json;

use crate::support::{HELD, PANICS, Server, read_reply};

#[test]
fn one_request_more_than_may_wait_is_refused_at_once() {
    let limits = Limits {
        queue_waiters_max: 1,
        ..Limits::default()
    };
    let server = Server::with(limits, 1);
    let key = server.acting();
    let keep = |content: &str| {
        let asked = server.ask("POST", "/v1/memories").key(&key).user("alice");
        asked.json(json!({"content": content}))
    };
    let mut running = keep(HELD).start();
    server.embedder.wait_for(1);
    let mut waiting = keep("tea").start();
    // The counters need no worker, so they answer all the same.
    let is_waiting = || {
        let counters = server.operate_as("GET", "/metrics").send().text();
        counters.contains("anchorhold_http_workers{state=\"waiting\"} 1")
    };
    while !is_waiting() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let refused = keep("milk").send();
    refused.is_refused(503, "overloaded");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(server.ask("GET", "/healthz").send().status, 200);
    server.embedder.release();
    assert_eq!(read_reply(&mut running, false).status, 201);
    assert_eq!(read_reply(&mut waiting, false).status, 201);
    assert_eq!(keep("milk").send().status, 201);
}

#[test]
fn a_panic_is_an_internal_error_that_tells_nothing() {
    let server = Server::new();
    let key = server.acting();
    let recall = |query: &str| {
        let asked = server.ask("POST", "/v1/recall").key(&key).user("alice");
        asked.json(json!({"query": query})).send()
    };
    let kept = server.ask("POST", "/v1/memories").key(&key).user("alice");
    assert_eq!(kept.json(json!({"content": "tea"})).send().status, 201);
    for _ in 0..10 {
        let failed = recall(PANICS);
        failed.is_refused(500, "internal");
        assert!(!failed.text().contains("secret of the panic"));
    }
    // Workers are given back.
    assert_eq!(recall("tea").status, 200);
}

#[test]
fn a_client_that_leaves_does_not_stop_a_write() {
    let server = Server::new();
    let key = server.acting();
    let asked = server.ask("POST", "/v1/memories").key(&key).user("alice");
    server.leave(asked.json(json!({"content": HELD})).start());
    server.embedder.release();
    let is_kept = || {
        let listed = server
            .ask("GET", "/v1/memories")
            .key(&key)
            .user("alice")
            .send()
            .json();
        !listed["memories"].as_array().unwrap().is_empty()
    };
    while !is_kept() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A batch of large texts takes minutes; nobody else waits for what nobody wants any more.
#[test]
fn a_batch_whose_client_has_left_gives_its_worker_back_and_keeps_nothing() {
    for path in ["/v1/memories/batch", "/v1/batch", "/v1/import"] {
        let server = Server::with(Limits::default(), 1);
        let key = server.acting();
        let texts: Vec<_> = (0..50)
            .map(|at| json!({"content": format!("{HELD} {at}")}))
            .collect();
        let operation = |body| json!({"method": "POST", "path": "/v1/memories", "body": body});
        let lines: Vec<_> = texts.iter().map(ToString::to_string).collect();
        let leaving = server.ask("POST", path).key(&key).user("alice");
        let leaving = match path {
            "/v1/import" => leaving
                .header("Content-Type", "application/x-ndjson")
                .bytes(lines.join("\n")),
            "/v1/batch" => {
                let operations: Vec<_> = texts.iter().map(operation).collect();
                leaving.json(json!({"operations": operations}))
            }
            _ => leaving.json(json!({"memories": texts})),
        };
        server.leave(leaving.start());
        server.embedder.release();
        let listed = server.ask("GET", "/v1/memories").key(&key).user("alice");
        let kept = listed.send().json()["memories"].as_array().unwrap().len();
        // The operation that had begun was one request by itself.
        assert_eq!(kept, usize::from(path == "/v1/batch"), "{path}");
        assert_eq!(server.embedder.held(), 1, "{path}: others were embedded");
    }
}
