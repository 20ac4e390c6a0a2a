//! Kills inside an erasure, from its durable intent on, and inside the move of a log into its
//! database.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anchorhold_evidence::Proof;
use serde_json::{Value, json};

use super::stage::{Stage, bytes, proof, until_landed};

/// Erases a user and kills the server meanwhile; whether the kill landed inside.
fn erase_once(stage: &mut Stage, round: u64, proof: &mut Proof) -> bool {
    let user = format!("leaver {round}");
    let memories: Vec<Value> = (0..3)
        .map(|n| json!({"content": format!("{user} {n}")}))
        .collect();
    let ask = stage.ask("POST", "/v1/memories/batch", &user);
    ask.json(&json!({"memories": memories})).send().gives(200);
    let erase = |stage: &Stage| {
        let ask = stage.ask("POST", "/v1/erase", &user);
        ask.json(&json!({"user": user}))
    };
    let audit_bytes = stage.audit_bytes();
    let before = audit_bytes();
    let answer = stage.strike_during(
        &erase(stage),
        || audit_bytes() > before,
        Duration::from_micros(400),
    );
    let is_answered = answer.is_some();
    stage.restart();
    let left = stage.count(&user);
    assert!(
        left == 0 || (left == 3 && !is_answered),
        "{left} of 3 are left, answered: {is_answered}"
    );
    proof.count(if left == 0 { "erased" } else { "not erased" }, 1);
    if left == 3 {
        erase(stage).send().gives(200);
    }
    // The stayer's file is the only one: what was erased left none.
    assert_eq!(
        stage.home.namespace_files("db").len(),
        1,
        "files of the living alone"
    );
    !is_answered
}

pub(crate) fn erase(kills: u64) {
    let mut stage = Stage::new();
    let claim = "kill -9 between the durable intent of an erasure and its answer: all of the user is \
                 there, or nothing and no file";
    let mut proof = proof("kills-erase", claim, &["P14", "P19"]);
    until_landed(kills, |round| erase_once(&mut stage, round, &mut proof));
    proof.count("kills inside", kills);
    proof.violation("users erased by half", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}

pub(crate) fn checkpoint(kills: u64) {
    let mut stage = Stage::new();
    let claim = "kill -9 after a log began to move into its database and before it was cut: nothing \
                 is lost";
    let mut proof = proof("kills-checkpoint", claim, &["P13", "P14"]);
    until_landed(kills, |_| {
        let database = stage.home.namespace_files("db").remove(0);
        let log = database.with_extension("db-wal");
        let changed = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
        let before = changed(&database);
        while bytes(&log) <= 64 * 1_024 && changed(&database) == before {
            stage.keep();
        }
        stage.strike_when(|| changed(&database) != before, Duration::from_micros(30));
        let has_landed = bytes(&log) > 0;
        proof.count("kills", 1);
        stage.restart();
        has_landed
    });
    proof.count("kills inside", kills);
    proof.count("acknowledged writes", stage.kept);
    proof.violation("acknowledged writes lost", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}

#[test]
fn twenty_kills_inside_erasures_leave_all_of_a_user_or_nothing() {
    erase(20);
}

#[test]
fn ten_kills_inside_checkpoints_lose_nothing() {
    checkpoint(10);
}
