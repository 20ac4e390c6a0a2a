//! Row 59: who follows the cursors sees everything exactly once, whatever is written meanwhile.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::house::{Caller, House};

/// Follows the cursors and counts every content.
fn walk(caller: &Caller, limit: usize) -> BTreeMap<String, u32> {
    let mut seen = BTreeMap::new();
    let mut path = format!("/v1/memories?limit={limit}");
    loop {
        let page = caller.get(&path).gives(200);
        let memories = page["memories"].as_array().unwrap();
        assert!(memories.len() <= limit);
        for memory in memories {
            let content = memory["content"].as_str().unwrap().to_owned();
            *seen.entry(content).or_default() += 1;
        }
        match page["next_cursor"].as_str() {
            Some(next) => path = format!("/v1/memories?limit={limit}&cursor={next}"),
            None => return seen,
        }
    }
}

#[test]
fn a_list_shows_everything_once_while_others_write() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let (alice, bob) = (tenant.user("alice"), tenant.user("bob"));
    for number in 0..60 {
        alice.keeps(&format!("standing {number}"));
    }
    let doomed: Vec<String> = (0..20)
        .map(|number| alice.keeps(&format!("doomed {number}")))
        .collect();
    let changed = alice.keeps("changed 0");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for writer in 0..3 {
            let (alice, bob, is_over) = (&alice, &bob, &is_over);
            threads.spawn(move || {
                let mut number = 0;
                while !is_over.load(Ordering::Relaxed) {
                    alice.keeps(&format!("written {writer} {number}"));
                    bob.keeps(&format!("foreign {writer} {number}"));
                    number += 1;
                }
            });
        }
        threads.spawn(|| {
            for (number, id) in (1..).zip(&doomed) {
                alice.delete(&format!("/v1/memories/{id}")).gives(200);
                let change = json!({"content": format!("changed {number}")});
                alice
                    .patch(&format!("/v1/memories/{changed}"), &change)
                    .gives(200);
            }
        });
        for limit in [1, 7, 13, 50, 7] {
            let seen = walk(&alice, limit);
            for number in 0..60 {
                assert_eq!(
                    seen.get(&format!("standing {number}")),
                    Some(&1),
                    "limit {limit}"
                );
            }
            assert!(
                seen.values().all(|times| *times == 1),
                "limit {limit}: {seen:?}"
            );
            let changed = seen.keys().filter(|content| content.starts_with("changed"));
            assert_eq!(changed.count(), 1, "limit {limit}");
            assert!(
                !seen.keys().any(|content| content.starts_with("foreign")),
                "limit {limit}"
            );
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_list_is_newest_first_fifty_a_page_and_two_hundred_at_most() {
    let house = House::new();
    let tenant = house.tenant("acme");
    let alice = tenant.user("alice");
    assert_eq!(
        alice.get("/v1/memories").gives(200),
        json!({"memories": [], "next_cursor": null})
    );
    let items: Vec<Value> = (0..55)
        .map(|number| json!({"content": format!("{number}")}))
        .collect();
    alice
        .post("/v1/memories/batch", &json!({"memories": items}))
        .gives(200);
    let page = alice.get("/v1/memories").gives(200);
    let contents: Vec<&str> = page["memories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|memory| memory["content"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = (5..55).rev().map(|number| number.to_string()).collect();
    assert_eq!(contents, expected);
    assert!(page["next_cursor"].is_string());
    assert_eq!(walk(&alice, 200).len(), 55);
    for limit in ["0", "201", "-1", "ten", "", "1.5", "18446744073709551616"] {
        let reply = alice.get(&format!("/v1/memories?limit={limit}"));
        reply.is_refused(422, "request_invalid");
    }
    for cursor in ["", "0", "zz", "eyJpZCI6MX0=", "../..", "%00"] {
        let reply = alice.get(&format!("/v1/memories?cursor={cursor}"));
        reply.is_refused(400, "cursor_invalid");
    }
    let too_many = json!({"memories": vec![json!({"content": "x"}); 101]});
    alice
        .post("/v1/memories/batch", &too_many)
        .is_refused(422, "request_invalid");
    alice
        .post("/v1/memories/batch", &json!({"memories": []}))
        .is_refused(422, "request_invalid");
}
