//! Kills while memories move: inside a backup, a restore, an import, and from one user to another.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use anchorhold_evidence::Proof;
use anchorhold_model::Clock as _;
use anchorhold_model::limits::MOVE_RECORDS_MAX;
use serde_json::{Value, json};

use super::stage::{Stage, proof, until_landed};
use crate::process::library::WallClock;
use crate::support::Ask;

/// Memories in a commit of an import, and how many commits an import here has.
const COMMIT: usize = 100;
const COMMITS: usize = 5;

/// The owner of what is backed up and restored.
const OWNER: &str = "owner";

/// How long an act takes when nobody disturbs it; the longest of three.
fn usual(ask: impl Fn(u32) -> Ask) -> Duration {
    let once = |round| {
        let begun = WallClock.monotonic();
        let reply = ask(round).send();
        assert_eq!(reply.status, 200, "{reply:?}");
        WallClock.monotonic().saturating_sub(begun)
    };
    (0..3).map(once).max().unwrap()
}

/// No server runs; every file is whole, and nothing is left that nobody can explain.
fn is_whole(stage: &Stage) {
    let ended = stage.home.run(&["verify"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

/// Two users, and the opaque id of the owner's namespace.
fn owned() -> (Stage, String) {
    let mut stage = Stage::new();
    let files = |stage: &Stage| -> BTreeSet<PathBuf> {
        stage.home.namespace_files("db").into_iter().collect()
    };
    let before = files(&stage);
    for _ in 0..30 {
        stage.one_more(OWNER, 2_000).send().gives(201);
    }
    let after = files(&stage);
    let file = after.difference(&before).next().unwrap();
    let name = file.file_stem().unwrap().to_str().unwrap();
    stage.keep();
    (stage, format!("ns_{name}"))
}

fn backup_of(stage: &Stage, namespace: &str) -> Ask {
    let ask = stage.operate("/v1/backup");
    ask.json(&json!({"namespace": namespace}))
}

fn restore_of(stage: &Stage, backup: &[u8]) -> Ask {
    let ask = stage.operate("/v1/restore");
    ask.header("Content-Type", "application/octet-stream")
        .bytes(backup)
}

/// Whether the kill landed before the backup was given out to its end.
fn backup_once(stage: &mut Stage, namespace: &str, usual: Duration, proof: &mut Proof) -> bool {
    // Something in the log, so that a backup has a checkpoint to do.
    stage.one_more(OWNER, 2_000).send().gives(201);
    stage.keep();
    let held = stage.contents(OWNER);
    let audit_bytes = stage.audit_bytes();
    let before = audit_bytes();
    let backup = backup_of(stage, namespace);
    let answer = stage.strike_during(&backup, || audit_bytes() > before, usual);
    is_whole(stage);
    stage.restart();
    assert_eq!(stage.contents(OWNER), held, "a backup changes nothing");
    if let Some(answer) = &answer {
        // What was given out to its end is a backup.
        restore_of(stage, &answer.body).send().gives(200);
        assert_eq!(stage.contents(OWNER), held);
    }
    let ended = if answer.is_some() {
        "given out"
    } else {
        "not given out"
    };
    proof.count(ended, 1);
    answer.is_none()
}

pub(crate) fn backup(kills: u64) {
    let (mut stage, namespace) = owned();
    let usual = usual(|_| backup_of(&stage, &namespace));
    let claim = "kill -9 between the intent of a backup and its end: the namespace is as it was, and \
                 what was given out to its end can be restored";
    let mut proof = proof("kills-backup", claim, &["P13", "P14"]);
    until_landed(kills, |_| {
        backup_once(&mut stage, &namespace, usual, &mut proof)
    });
    proof.count("kills inside", kills);
    proof.violation("acknowledged writes lost", 0);
    proof.violation("namespaces changed", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}

pub(crate) fn restore(kills: u64) {
    let (mut stage, namespace) = owned();
    let backup = backup_of(&stage, &namespace).send();
    let old = stage.contents(OWNER);
    let usual = usual(|_| restore_of(&stage, &backup.body));
    let claim = "kill -9 while a backup is put in the place of a namespace: all of the old state or \
                 all of the new one is there, and others are untouched";
    let mut proof = proof("kills-restore", claim, &["P13", "P14"]);
    until_landed(kills, |_| {
        stage.one_more(OWNER, 2_000).send().gives(201);
        stage.keep();
        let new = stage.contents(OWNER);
        let files_begun = stage.files_begun();
        let restore = restore_of(&stage, &backup.body);
        let answer = stage.strike_during(&restore, || files_begun() > 0, usual);
        is_whole(&stage);
        stage.restart();
        assert_eq!(files_begun(), 0, "a start clears away what was begun");
        let found = stage.contents(OWNER);
        let is_restored = found == old;
        assert!(
            is_restored || (found == new && answer.is_none()),
            "{} memories are there, restored: {answer:?}",
            found.len()
        );
        proof.count(if is_restored { "restored" } else { "as before" }, 1);
        answer.is_none()
    });
    proof.count("kills inside", kills);
    proof.violation("states that never were", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}

/// An export of some hundred memories with their vectors, and their contents, oldest first.
fn export(stage: &Stage) -> (Vec<u8>, Vec<String>) {
    for batch in 0..COMMITS {
        let memories: Vec<Value> = (0..COMMIT)
            .map(|n| json!({"content": format!("note {n} of batch {batch}")}))
            .collect();
        let ask = stage.ask("POST", "/v1/memories/batch", "source");
        ask.json(&json!({"memories": memories})).send().gives(200);
    }
    let reply = stage.ask("GET", "/v1/export", "source").send();
    assert_eq!(reply.status, 200, "{reply:?}");
    let lines = reply.text();
    let contents = lines.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["content"].as_str().map(str::to_owned)
    });
    let contents: Vec<String> = contents.collect();
    assert_eq!(contents.len(), COMMITS * COMMIT);
    (reply.body, contents)
}

pub(crate) fn import(kills: u64) {
    let mut stage = Stage::new();
    let (lines, contents) = export(&stage);
    let import = |stage: &Stage, user: &str| {
        let ask = stage.ask("POST", "/v1/import", user);
        ask.header("Content-Type", "application/x-ndjson")
            .bytes(lines.clone())
    };
    let erase = |stage: &Stage, user: &str| {
        let ask = stage.ask("POST", "/v1/erase", user);
        ask.json(&json!({"user": user})).send().gives(200);
    };
    let usual = usual(|round| import(&stage, &format!("early {round}")));
    (0..3).for_each(|round| erase(&stage, &format!("early {round}")));
    let claim = "kill -9 after the first commit of an import and before its answer: whole commits are \
                 there, and the same import sent again makes it whole";
    let mut proof = proof("kills-import", claim, &["P13", "P14"]);
    until_landed(kills, |round| {
        let user = format!("mover {round}");
        stage.keep();
        let namespaces = stage.home.data().join("namespaces");
        let files = || crate::process::files_below(&namespaces).len();
        let before = files();
        let answer = stage.strike_during(&import(&stage, &user), || files() > before, usual);
        is_whole(&stage);
        stage.restart();
        let mut found = stage.contents(&user);
        found.sort();
        let count = found.len();
        let mut expected = contents[..count].to_vec();
        expected.sort();
        assert_eq!(found, expected, "the lines before the cut are there");
        assert!(count.is_multiple_of(COMMIT), "{count} are there by half");
        assert!(answer.is_none() || count == contents.len());
        let again = import(&stage, &user).send().gives(200);
        assert_eq!(again["skipped"], count, "{again}");
        assert_eq!(again["imported"], contents.len() - count, "{again}");
        assert_eq!(stage.contents(&user).len(), contents.len());
        erase(&stage, &user);
        proof.count(&format!("{count} memories there"), 1);
        answer.is_none()
    });
    proof.count("kills inside", kills);
    proof.violation("acknowledged writes lost", 0);
    proof.violation("commits there by half", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}

/// More memories than go in one step.
const RELOCATED: usize = 6 * COMMIT;
const _: () = assert!(RELOCATED > 2 * MOVE_RECORDS_MAX);

fn relocate_of(stage: &Stage, admin: &str, (from, to): (&str, &str), everything: bool) -> Ask {
    let which = if everything {
        ("everything", json!(true))
    } else {
        ("filter", json!({"importance": {"gte": 0.0}}))
    };
    let mut body = json!({"from": {"user": from}, "to": {"user": to}});
    body[which.0] = which.1;
    stage.manage("/v1/namespaces/move", admin).json(&body)
}

pub(crate) fn relocation(kills: u64) {
    let mut stage = Stage::new();
    let admin = stage.admin();
    let mut places = ["here", "there"];
    for batch in 0..RELOCATED / COMMIT {
        let memories: Vec<Value> = (0..COMMIT)
            .map(|n| json!({"content": format!("note {n} of batch {batch}")}))
            .collect();
        let ask = stage.ask("POST", "/v1/memories/batch", places[0]);
        ask.json(&json!({"memories": memories})).send().gives(200);
    }
    let mut all = stage.contents(places[0]);
    all.sort();
    assert_eq!(all.len(), RELOCATED);
    // Three times, and then they are there.
    let usual = usual(|round| {
        let [here, there] = places;
        let way = [(here, there), (there, here)][round as usize % 2];
        relocate_of(&stage, &admin, way, false)
    });
    places.reverse();
    let claim = "kill -9 while memories go from one user to another: after the next start each is at one \
                 of the two, and the same move again ends it";
    let mut proof = proof("kills-move", claim, &["P13", "P14"]);
    until_landed(kills, |round| {
        let [from, to] = places;
        let relocate = relocate_of(&stage, &admin, (from, to), round % 2 == 0);
        stage.keep();
        let audit_bytes = stage.audit_bytes();
        let before = audit_bytes();
        let answer = stage.strike_during(&relocate, || audit_bytes() > before, usual);
        is_whole(&stage);
        stage.restart();
        let (left, came) = (stage.contents(from), stage.contents(to));
        let mut found = [left.clone(), came.clone()].concat();
        found.sort();
        assert_eq!(found, all, "{} left, {} came", left.len(), came.len());
        assert!(answer.is_none() || left.is_empty());
        let cut = if left.is_empty() {
            "all moved"
        } else if came.is_empty() {
            "none moved"
        } else {
            "whole steps moved"
        };
        proof.count(cut, 1);
        let relocate = relocate_of(&stage, &admin, (from, to), round % 2 == 0);
        let again = relocate.send().gives(200);
        assert_eq!(again["matched"], left.len(), "{again}");
        let mut there = stage.contents(to);
        there.sort();
        assert_eq!(there, all);
        assert!(stage.contents(from).is_empty());
        places.reverse();
        answer.is_none()
    });
    proof.count("kills inside", kills);
    proof.violation("memories lost", 0);
    proof.violation("memories in two places", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}

#[test]
fn five_kills_inside_moves_leave_each_memory_in_one_place() {
    relocation(5);
}

#[test]
fn ten_kills_inside_backups_change_nothing() {
    backup(10);
}

#[test]
fn ten_kills_inside_restores_leave_the_old_state_or_the_new_one() {
    restore(10);
}

#[test]
fn ten_kills_inside_imports_leave_whole_commits() {
    import(10);
}
