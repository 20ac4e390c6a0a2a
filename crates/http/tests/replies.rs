//! Long replies that nobody reads: they share a room, and no tenant takes it all.

use std::net::TcpStream;

use anchorhold_http::Limits;
use serde_json::json;

use crate::support::{Ask, Reply, Server};

/// A content of which every byte becomes six in a reply.
fn long() -> String {
    "\u{1}".repeat(64_000)
}

fn with_room(replies_bytes_max: usize) -> Server {
    let limits = Limits {
        replies_bytes_max,
        ..Limits::default()
    };
    Server::with(limits, 4)
}

/// A tenant whose alice keeps so many long memories; its key.
fn tenant(server: &Server, name: &str, count: usize) -> String {
    server.tenant(name);
    let key = server.key(name, json!({"act_as": true}));
    for _ in 0..count {
        assert_eq!(keep(server, &key, &long()).status, 201);
    }
    key
}

fn keep(server: &Server, key: &str, content: &str) -> Reply {
    let asked = server.ask("POST", "/v1/memories").key(key).user("alice");
    asked.json(json!({"content": content})).send()
}

fn list(server: &Server, key: &str) -> Ask {
    server.ask("GET", "/v1/memories").key(key).user("alice")
}

/// Asks for a list and reads nothing of it but that it came.
fn unread(server: &Server, key: &str) -> TcpStream {
    let stream = list(server, key).start();
    assert_eq!(stream.peek(&mut [0; 9]).unwrap(), 9);
    stream
}

#[test]
fn who_does_not_read_takes_no_memory_of_others() {
    // Lists of 19 MB, far more than the system buffers for a connection.
    let server = with_room(64 * 1_024 * 1_024);
    let hostile = tenant(&server, "hostile", 50);
    let acme = tenant(&server, "acme", 10);
    let held = unread(&server, &hostile);
    let refused = list(&server, &hostile).send();
    refused.is_refused(503, "overloaded");
    assert_eq!(refused.header("retry-after"), Some("1"));
    // So is every other reply that is made as a whole.
    let ask = |target| server.ask("POST", target).key(&hostile).user("alice");
    let question = json!({"query": "tea", "limit": 50});
    let recall = ask("/v1/recall").json(question.clone()).send();
    recall.is_refused(503, "overloaded");
    let requests = json!([
        {"method": "GET", "path": "/v1/memories"},
        {"method": "GET", "path": "/v1/memories?limit=1"},
        {"method": "POST", "path": "/v1/recall", "body": question},
    ]);
    let batch = ask("/v1/batch")
        .json(json!({"operations": requests}))
        .send();
    let results = batch.json()["results"].clone();
    let statuses: Vec<_> = [0, 1, 2].map(|at| results[at]["status"].clone()).into();
    assert_eq!(statuses, [503, 200, 503], "{batch:?}");
    // Others are served as ever, and so is what is short.
    assert_eq!(list(&server, &acme).send().status, 200);
    assert_eq!(keep(&server, &acme, &long()).status, 201);
    let whoami = server.ask("GET", "/v1/whoami").key(&hostile);
    assert_eq!(whoami.send().status, 200);
    // Whoever leaves gives all of it back.
    drop(held);
    while list(&server, &hostile).send().status != 200 {
        std::thread::yield_now();
    }
    assert_eq!(ask("/v1/recall").json(question).send().status, 200);
}

#[test]
fn a_reply_that_was_read_takes_no_room() {
    let server = with_room(4 * 1_024 * 1_024);
    let key = tenant(&server, "acme", 3);
    for _ in 0..20 {
        assert_eq!(list(&server, &key).send().status, 200);
    }
}

#[test]
fn what_was_done_is_told_and_what_could_not_be_told_is_not_begun() {
    let server = with_room(200_000);
    let key = tenant(&server, "acme", 0);
    // Its reply is longer than the whole room.
    let kept = keep(&server, &key, &long());
    assert_eq!(kept.status, 201, "{kept:?}");
    list(&server, &key).send().is_refused(503, "overloaded");
    // The list is 16,14x,xxx bytes: when it is held, as much is free, and no more than 64 KiB above.
    let server = with_room(32_300_000);
    let key = tenant(&server, "acme", 42);
    let held = unread(&server, &key);
    keep(&server, &key, "tea").is_refused(503, "overloaded");
    drop(held);
    let mut listed = list(&server, &key).send();
    while listed.status != 200 {
        listed = list(&server, &key).send();
    }
    assert_eq!(listed.json()["memories"].as_array().unwrap().len(), 42);
}
