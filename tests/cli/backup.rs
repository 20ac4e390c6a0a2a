//! `backup` and `restore` of one namespace, through the server and without one.

use std::path::PathBuf;

use serde_json::Value;

use super::{Party, run_with};
use crate::process::Ended;

/// A party where alice and bob keep some memories.
fn party() -> Party {
    let party = Party::new();
    for user in ["alice", "bob"] {
        for number in 0..3 {
            keep(&party, user, &format!("{user} remembers number {number}"));
        }
    }
    party
}

fn keep(party: &Party, user: &str, said: &str) {
    let key = party.home.keys().application;
    let ended = party.run_as(&key, Some(user), &["remember", said]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

fn contents(party: &Party, user: &str) -> Vec<String> {
    let key = party.home.keys().application;
    let list = party
        .run_as(&key, Some(user), &["list", "--json", "--all"])
        .json();
    let content = |memory: &Value| memory["content"].as_str().unwrap().to_owned();
    let mut contents: Vec<String> = list["memories"]
        .as_array()
        .unwrap()
        .iter()
        .map(content)
        .collect();
    contents.sort();
    contents
}

/// The namespaces by how many records they hold.
fn listed(ended: &Ended) -> Vec<(String, u64)> {
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let one = |one: &Value| {
        let namespace = one["namespace"].as_str().unwrap().to_owned();
        (namespace, one["records"].as_u64().unwrap())
    };
    report["namespaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(one)
        .collect()
}

/// The opaque id of alice's namespace, told apart by one more memory.
fn alice_of(party: &Party) -> String {
    keep(party, "alice", "alice remembers one more");
    let ended = party.operate(&["verify", "--list", "--json"]);
    let of_alice = |(namespace, records)| (records == 4).then_some(namespace);
    listed(&ended).into_iter().find_map(of_alice).unwrap()
}

fn text(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_namespace_goes_into_a_file_and_comes_back_while_others_are_served() {
    let party = party();
    let alice = alice_of(&party);
    let before = contents(&party, "alice");
    let file = party.home.root().join("alice.backup");
    let backup = [
        "backup",
        "--namespace",
        &alice,
        "--output",
        text(&file),
        "--json",
    ];
    let kept = party.operate(&backup).json();
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(kept["bytes"], bytes.len());
    assert!(!bytes.windows(5).any(|window| window == b"alice"));
    party.operate(&backup).ends(2, "exists");
    keep(&party, "alice", "alice remembers what came after");
    let restored = party
        .operate(&["restore", "--yes", text(&file), "--json"])
        .json();
    assert_eq!(
        (&restored["records"], &restored["namespace"]),
        (&4.into(), &alice.as_str().into())
    );
    assert_eq!(contents(&party, "alice"), before);
    keep(&party, "alice", "alice goes on");
    assert_eq!(contents(&party, "alice").len(), 5);
    assert_eq!(contents(&party, "bob").len(), 3);
    party.operate(&["verify"]).ends(0, "");
}

#[test]
fn what_is_no_backup_of_a_living_namespace_is_refused() {
    let party = party();
    let alice = alice_of(&party);
    let file = party.home.root().join("alice.backup");
    party
        .operate(&["backup", "--namespace", &alice, "--output", text(&file)])
        .ends(0, "");
    let bytes = std::fs::read(&file).unwrap();
    let other = party.home.root().join("other.backup");
    for (changed, saying) in [
        (bytes[..bytes.len() - 1].to_vec(), "cut short"),
        ([bytes.as_slice(), b"x"].concat(), "goes on behind its end"),
        (b"noise".repeat(100), "is no backup"),
        ([&bytes[..500], b"x", &bytes[501..]].concat(), "was changed"),
    ] {
        std::fs::write(&other, changed).unwrap();
        party
            .operate(&["restore", "--yes", text(&other)])
            .ends(1, saying);
    }
    assert_eq!(contents(&party, "alice").len(), 4);
    let key = party.home.keys().application;
    party
        .run_as(&key, None, &["erase", "--user", "alice", "--yes"])
        .ends(0, "");
    party
        .operate(&["restore", "--yes", text(&file)])
        .ends(1, "namespace_not_found");
    party.operate(&["restore", text(&file)]).ends(2, "--yes");
    let third = party.home.root().join("third.backup");
    party
        .operate(&["backup", "--namespace", &alice, "--output", text(&third)])
        .ends(1, "namespace_not_found");
    assert!(!third.exists());
    party
        .operate(&["backup", "--namespace", "alice", "--output", text(&third)])
        .ends(2, "opaque id");
}

#[test]
fn without_a_server_the_directory_itself_is_kept_and_healed() {
    let party = party();
    let alice = alice_of(&party);
    let before = contents(&party, "alice");
    let Party { home, server } = party;
    assert!(server.stop().success());
    let file = home.root().join("alice.backup");
    home.run(&["backup", "--namespace", &alice, "--output", text(&file)])
        .ends(0, "");
    let name = alice.strip_prefix("ns_").unwrap();
    let of_alice = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == name);
    let database = home
        .namespace_files("db")
        .into_iter()
        .find(of_alice)
        .unwrap();
    std::fs::write(&database, b"noise").unwrap();
    home.run(&["verify"]).ends(1, "damage was found");
    home.run(&["restore", "--yes", text(&file)]).ends(0, "");
    home.run(&["verify"]).ends(0, "");
    let server = home.start("off");
    let party = Party { home, server };
    assert_eq!(contents(&party, "alice"), before);
    party
        .home
        .run(&["restore", "--yes", text(&file)])
        .ends(75, "in use");
    let nobody = [
        ("ANCHORHOLD_OPERATOR_URL", "http://127.0.0.1:1"),
        ("ANCHORHOLD_OPERATOR_KEY", "aho_x"),
    ];
    run_with(&party.home, &nobody, &["restore", "--yes", text(&file)]).ends(75, "in use");
}
