//! After an erasure: no file and no byte of the server's memory holds what the user wrote, asked
//! for or was shown; and who comes back with the same id finds nothing.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

use anchorhold_evidence::Proof;
use serde_json::json;

use super::canary::Canaries;
use super::sweep::sweep;
use crate::process::{Home, Server};
use crate::support::Ask;

/// What is let go of in the background gets so many looks, 50 ms apart.
const LOOKS_MAX: u32 = 100;

/// Everything that the process may write: heap, stacks, data.
fn memory_hits(server: &Server, canaries: &Canaries) -> (u64, BTreeSet<String>) {
    let pid = server.pid().as_raw_nonzero();
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let (mut total, mut hits) = (0, BTreeSet::new());
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let name = words.nth(3).unwrap_or("no name");
        let (from, to) = range.split_once('-').unwrap();
        let (from, to) = (number(from), number(to));
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        // What was unmapped since holds nothing.
        if memory.read_exact_at(&mut bytes, from).is_ok() {
            total += to - from;
            hits.extend(canaries.needles().search(name, &bytes));
        }
    }
    (total, hits)
}

fn number(digits: &str) -> u64 {
    u64::from_str_radix(digits, 16).unwrap()
}

#[test]
fn after_an_erasure_no_file_and_no_memory_of_the_server_holds_a_byte_of_the_user() {
    let home = Home::new();
    let server = home.start("debug");
    let key = home.keys().application;
    let mut canaries = Canaries::default();
    let ask = |method: &str, target: &str| {
        let ask = Ask::new(server.tenant, method, target).key(&key);
        ask.header("x-anchorhold-user", "alice")
    };
    for number in 0..20 {
        let body = json!({
            "content": format!("{number} {}", canaries.plant("content")),
            "tags": [canaries.plant("tag")],
            "metadata": {"topic": canaries.plant("metadata")},
        });
        ask("POST", "/v1/memories").json(&body).send().gives(201);
        let body = json!({"query": format!("where is {}", canaries.plant("query"))});
        ask("POST", "/v1/recall").json(&body).send().gives(200);
    }
    ask("GET", "/v1/memories?limit=200").send().gives(200);
    let (_, before) = memory_hits(&server, &canaries);
    assert!(
        !before.is_empty(),
        "what lives is in memory, and the scan finds it"
    );
    let body = json!({"user": "alice"});
    ask("POST", "/v1/erase").json(&body).send().gives(200);
    let mut looks = 1;
    let (mut total, mut hits) = memory_hits(&server, &canaries);
    while !hits.is_empty() && looks < LOOKS_MAX {
        std::thread::sleep(Duration::from_millis(50));
        (total, hits) = memory_hits(&server, &canaries);
        looks += 1;
    }
    eprintln!(
        "{} hits before, {looks} looks, {total} bytes: {hits:#?}",
        before.len()
    );
    assert!(
        hits.is_empty(),
        "{} canaries are in memory: {hits:#?}",
        hits.len()
    );
    let files = sweep(&home, &canaries);
    assert!(files.is_empty(), "{files:#?}");
    let listed = ask("GET", "/v1/memories").send().gives(200);
    assert_eq!(
        listed["memories"],
        json!([]),
        "who comes back finds nothing"
    );
    let body = json!({"content": "a new life"});
    ask("POST", "/v1/memories").json(&body).send().gives(201);
    let body = json!({"query": "content tag metadata query", "limit": 20});
    let found = ask("POST", "/v1/recall").json(&body).send().gives(200);
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    let mut proof = Proof::new(
        "erase-scan",
        "after an erasure no file and no writable memory of the server holds a canary of the user",
        &["P19"],
        "cargo test --package anchorhold-cli --test suite plaintext::erased",
    );
    proof.count("canaries", 80);
    proof.count("bytes of memory", total);
    proof.count("looks until memory was clean", looks.into());
    proof.violation("canaries found", 0);
    proof.note("vectors are not looked for: their bytes cannot be told from outside");
    proof.write().unwrap();
}
