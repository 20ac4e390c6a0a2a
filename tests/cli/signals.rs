//! A server that is asked to end finishes what it has begun.

use std::time::Duration;

use serde_json::{Value, json};

use super::Party;
use crate::support::Ask;

#[test]
fn what_was_kept_before_the_end_is_there_after_the_next_start() {
    let mut party = Party::new();
    let key = party.home.keys().application;
    party.run_as(
        &key,
        Some("alice"),
        &["remember", "The boat is called Petrel."],
    );
    let home = party.home;
    let status = party.server.stop();
    assert_eq!(status.code(), Some(0));
    // A copy of the directory that is made now has it in a file that is whole, not in a log.
    for log in home.namespace_files("db-wal") {
        assert_eq!(std::fs::metadata(&log).unwrap().len(), 0, "{log:?}");
    }
    let server = home.start("warn");
    party = Party { home, server };
    let list = party
        .run_as(&key, Some("alice"), &["--json", "list"])
        .json();
    assert_eq!(list["memories"][0]["content"], "The boat is called Petrel.");
}

/// Texts of the longest kind, which take minutes to embed.
fn a_long_batch() -> Value {
    let content: String = "the quick boat of the old harbour ".repeat(1_900);
    let memory = |number: usize| json!({"content": format!("{number} {content}")});
    json!({"memories": (0..100).map(memory).collect::<Vec<_>>()})
}

#[test]
fn a_server_ends_in_time_whatever_still_runs_and_goes_on_from_there() {
    let party = Party::new();
    let key = party.home.keys().application;
    party.run_as(
        &key,
        Some("alice"),
        &["remember", "The boat is called Petrel."],
    );
    let long = Ask::new(party.server.tenant, "POST", "/v1/memories/batch");
    let long = long.key(&key).header("x-anchorhold-user", "alice");
    let long = long.json(&a_long_batch());
    let running = std::thread::spawn(move || long.attempt(|| {}));
    let is_running = || {
        let counters = Ask::new(party.server.operator, "GET", "/metrics").send();
        counters.text().contains("state=\"running\"} 1")
    };
    while !is_running() {
        std::thread::sleep(Duration::from_millis(20));
    }
    #[expect(clippy::disallowed_methods, reason = "how long a real process takes")]
    let begun = std::time::Instant::now();
    let Party { home, server } = party;
    assert_eq!(server.stop().code(), Some(0));
    let took = begun.elapsed();
    assert!(took < Duration::from_mins(1), "{took:?}");
    assert!(running.join().unwrap().is_err(), "nobody was told of more");
    let server = home.start("warn");
    let party = Party { home, server };
    let list = party.run_as(&key, Some("alice"), &["--json", "list"]);
    let list = list.json();
    let kept = list["memories"].as_array().unwrap();
    let is_petrel = |memory: &Value| memory["content"] == "The boat is called Petrel.";
    assert!(kept.iter().any(is_petrel), "what was acknowledged is there");
}
