//! `verify` through the server and without one: what it finds, how it ends, and that nobody else
//! is disturbed.

use std::path::PathBuf;

use anchorhold_scripted::Scripted;
use serde_json::{Value, json};

use super::{Party, run_with, tree};
use crate::process::{Ended, Home};
use crate::support::Ask;

const USERS: [&str; 3] = ["alice", "bob", "carol"];

/// A server for which three people have kept a memory each, checkpointed by a stop and a start.
fn kept() -> (Home, Vec<PathBuf>) {
    let party = Party::new();
    let key = party.home.keys().application;
    for user in USERS {
        let said = format!("{user} likes tea");
        let ended = party.run_as(&key, Some(user), &["remember", &said]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    let Party { home, server } = party;
    assert!(server.stop().success());
    let files = home.namespace_files("db");
    assert_eq!(files.len(), USERS.len());
    (home, files)
}

/// Turns a byte of every page, so that nothing in the file reads as it was.
fn damage(file: &PathBuf) {
    let mut bytes = std::fs::read(file).unwrap();
    for page in bytes.chunks_mut(4_096) {
        page[page.len() - 9] ^= 0xff;
    }
    std::fs::write(file, bytes).unwrap();
    let log = file.with_extension("db-wal");
    if log.exists() {
        std::fs::write(log, b"").unwrap();
    }
}

fn report(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

fn namespace_of(file: &std::path::Path) -> String {
    format!("ns_{}", file.file_stem().unwrap().to_str().unwrap())
}

#[test]
fn a_whole_installation_has_no_damage_with_a_server_and_without() {
    let (home, _) = kept();
    let before = tree(&home.data());
    let still = home.run(&["verify", "--json"]).json();
    assert_eq!(before, tree(&home.data()), "looking changes nothing");
    assert_eq!(still["damage"], json!([]));
    assert_eq!(still["checked"]["namespaces"], 3);
    assert_eq!(still["checked"]["records"], 3);
    let server = home.start("warn");
    let party = Party { home, server };
    let served = party.operate(&["verify", "--json"]).json();
    assert_eq!(served["damage"], json!([]));
    assert_eq!(served["checked"]["records"], 3);
    let told = party.operate(&["verify"]);
    assert!(told.stdout.contains("no damage"), "{told:?}");
}

#[test]
fn damage_is_told_by_namespace_and_the_others_are_served() {
    let (home, files) = kept();
    damage(&files[0]);
    let told = home.run(&["verify", "--json"]);
    told.ends(1, "damage was found");
    let server = home.start("off");
    let party = Party { home, server };
    let served = party.operate(&["verify", "--json"]);
    served.ends(1, "damage was found");
    for ended in [&told, &served] {
        let damage = report(ended)["damage"].clone();
        let found: Vec<&Value> = damage.as_array().unwrap().iter().collect();
        assert_eq!(found.len(), 1, "{ended:?}");
        assert_eq!(found[0]["namespace"], namespace_of(&files[0]).as_str());
        assert_eq!(found[0]["tenant"], "default");
        assert_eq!(found[0]["role"], "namespace_file");
        for user in USERS {
            assert!(!ended.stdout.contains(user), "no name is told");
        }
    }
    let key = party.home.keys().application;
    let codes: Vec<_> = USERS
        .iter()
        .map(|user| party.run_as(&key, Some(user), &["recall", "tea"]))
        .collect();
    let refused: Vec<&Ended> = codes.iter().filter(|ended| ended.code != Some(0)).collect();
    assert_eq!(refused.len(), 1);
    refused[0].ends(1, "namespace_unavailable");
}

#[test]
fn a_chat_of_a_damaged_namespace_goes_on_without_the_memory() {
    let scripted = Scripted::start().unwrap();
    let (home, files) = kept();
    damage(&files[0]);
    let server = home.start_with("off", &["--upstream", &scripted.url()]);
    let key = home.keys().application;
    let said = json!({"role": "user", "content": "Who of us likes tea?"});
    let body = json!({"model": "answer", "messages": [said]});
    let mut memory: Vec<_> = USERS
        .iter()
        .map(|user| {
            let ask = Ask::new(server.tenant, "POST", "/v1/chat/completions").key(&key);
            let reply = ask.header("X-Anchorhold-User", user).json(&body).send();
            assert_eq!(reply.status, 200, "{reply:?}");
            reply.header("x-anchorhold-memory").unwrap().to_owned()
        })
        .collect();
    memory.sort();
    assert_eq!(memory, ["degraded", "on", "on"]);
    assert!(server.stop().success());
}

#[test]
fn a_directory_in_use_is_asked_through_its_server_or_told() {
    let party = Party::new();
    party
        .home
        .run(&["verify"])
        .ends(75, "set ANCHORHOLD_OPERATOR_KEY");
    let nobody = [
        ("ANCHORHOLD_OPERATOR_URL", "http://127.0.0.1:1"),
        ("ANCHORHOLD_OPERATOR_KEY", "aho_x"),
    ];
    run_with(&party.home, &nobody, &["verify"]).ends(75, "no server was reached");
    let url = format!("http://{}", party.server.operator);
    let stranger = [
        ("ANCHORHOLD_OPERATOR_URL", url.as_str()),
        ("ANCHORHOLD_OPERATOR_KEY", "aho_x"),
    ];
    run_with(&party.home, &stranger, &["verify"]).ends(1, "credential_invalid");
}

#[test]
fn damage_that_keeps_a_server_from_starting_is_told_too() {
    let (home, _) = kept();
    let empty = Home::new();
    empty.run(&["verify"]).ends(78, "not initialised");
    for name in ["install.json", "catalogue.db", "keyring.db"] {
        let path = home.data().join(name);
        let original = std::fs::read(&path).unwrap();
        std::fs::write(&path, b"noise").unwrap();
        let told = home.run(&["verify", "--json"]);
        told.ends(1, "damage was found");
        let roles = report(&told)["damage"].to_string();
        let role = name.split('.').next().unwrap();
        assert!(roles.contains(&format!("\"role\":\"{role}\"")), "{roles}");
        std::fs::write(&path, original).unwrap();
    }
    assert_eq!(home.run(&["verify"]).code, Some(0));
}

#[test]
fn repair_finishes_what_a_crash_left_and_deletes_nothing_that_reads() {
    let (home, files) = kept();
    // What a first write leaves that a crash cut off: a file that nobody has a row for.
    let rest = files[0].with_file_name(format!("{}.new", "0".repeat(32)));
    std::fs::write(&rest, b"").unwrap();
    home.run(&["verify", "--repair"]).ends(0, "");
    let server = home.start("off");
    let party = Party { home, server };
    let key = party.home.keys().application;
    for user in USERS {
        let found = party.run_as(&key, Some(user), &["list", "--json"]).json();
        assert_eq!(found["memories"].as_array().unwrap().len(), 1);
    }
    party.operate(&["verify", "--repair"]).ends(0, "");
}
