//! Kills that land inside one act: an erasure, from its durable intent on, and the move of a log
//! into its database. Only kills that landed there count.

use std::fs;
use std::path::Path;

use anchorhold_evidence::{Proof, seed};
use serde_json::{Value, json};

use super::dice::Dice;
use crate::process::{Home, Server};
use crate::support::Ask;

/// Tries for each kill that lands.
const TRIES_MAX: u64 = 20;

/// Who lives through all kills, and what it keeps.
const STAYER: &str = "stayer";

struct Stage {
    home: Home,
    key: String,
    server: Option<Server>,
    dice: Dice,
    kept: u64,
}

impl Stage {
    fn new() -> Self {
        let home = Home::new();
        let server = home.start("error");
        let key = home.keys().application;
        let mut stage = Self {
            home,
            key,
            server: Some(server),
            dice: Dice::new(seed(0)),
            kept: 0,
        };
        stage.keep();
        stage
    }

    fn ask(&self, method: &str, target: &str, user: &str) -> Ask {
        Ask::new(self.server.as_ref().unwrap().tenant, method, target)
            .key(&self.key)
            .header("x-anchorhold-user", user)
    }

    /// One more memory of the stayer, about 3 KB.
    fn keep(&mut self) {
        let content = format!("{} {}", self.kept, "x".repeat(3_000));
        let ask = self.ask("POST", "/v1/memories", STAYER);
        ask.json(&json!({"content": content})).send().gives(201);
        self.kept += 1;
    }

    fn count(&self, user: &str) -> u64 {
        let mut count = 0;
        let mut target = "/v1/memories?limit=200".to_owned();
        loop {
            let page = self.ask("GET", &target, user).send().gives(200);
            count += u64::try_from(page["memories"].as_array().unwrap().len()).unwrap();
            match page["next_cursor"].as_str() {
                Some(cursor) => target = format!("/v1/memories?limit=200&cursor={cursor}"),
                None => return count,
            }
        }
    }

    /// Kills when `is_time`, and some moments later.
    fn strike_when(&mut self, mut is_time: impl FnMut() -> bool, moments: u64) {
        let after = self.dice.below(moments);
        while !is_time() {
            std::hint::spin_loop();
        }
        for _ in 0..after {
            std::hint::spin_loop();
        }
        self.server.take().unwrap().kill();
    }

    fn restart(&mut self) {
        self.server = Some(self.home.start("error"));
        assert_eq!(
            self.count(STAYER),
            self.kept,
            "acknowledged memories are there"
        );
    }

    fn audit_bytes(&self) -> u64 {
        let files = crate::process::files_below(&self.home.data().join("audit"));
        files.iter().map(|path| bytes(path)).sum()
    }
}

fn bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn proof(name: &str, claim: &str, promises: &[&str]) -> Proof {
    let command =
        "cargo test --release --package anchorhold-cli --features slow --test slow kills_inside";
    Proof::new(name, claim, promises, command)
}

/// Erases a user and kills the server meanwhile; whether the kill landed inside.
fn erase_once(stage: &mut Stage, round: u64, proof: &mut Proof) -> bool {
    let user = format!("leaver {round}");
    let memories: Vec<Value> = (0..3)
        .map(|n| json!({"content": format!("{user} {n}")}))
        .collect();
    let ask = stage.ask("POST", "/v1/memories/batch", &user);
    ask.json(&json!({"memories": memories})).send().gives(200);
    let erase = stage
        .ask("POST", "/v1/erase", &user)
        .json(&json!({"user": user}));
    let before = stage.audit_bytes();
    let audit = stage.home.data().join("audit");
    let grown = move || {
        let files = crate::process::files_below(&audit);
        files.iter().map(|path| bytes(path)).sum::<u64>() > before
    };
    let answered = std::thread::scope(|threads| {
        let client = threads.spawn(|| erase.attempt(|| ()).is_ok());
        stage.strike_when(grown, 300_000);
        client.join().unwrap()
    });
    stage.restart();
    let left = stage.count(&user);
    assert!(
        left == 0 || (left == 3 && !answered),
        "{left} of 3 are left, answered: {answered}"
    );
    proof.count(if left == 0 { "erased" } else { "not erased" }, 1);
    if left == 3 {
        stage
            .ask("POST", "/v1/erase", &user)
            .json(&json!({"user": user}))
            .send()
            .gives(200);
    }
    // The stayer's file is the only one: what was erased left none.
    assert_eq!(
        stage.home.namespace_files("db").len(),
        1,
        "files of the living alone"
    );
    !answered
}

pub(crate) fn erase(kills: u64) {
    let mut stage = Stage::new();
    let claim = "kill -9 between the durable intent of an erasure and its answer: all of the user is \
                 there, or nothing and no file";
    let mut proof = proof("kills-erase", claim, &["P14", "P19"]);
    let mut landed = 0;
    for round in 0..kills * TRIES_MAX {
        landed += u64::from(erase_once(&mut stage, round, &mut proof));
        if landed == kills {
            break;
        }
    }
    assert_eq!(landed, kills, "kills that landed inside an erasure");
    proof.count("kills inside", landed);
    proof.violation("users erased by half", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}

pub(crate) fn checkpoint(kills: u64) {
    let mut stage = Stage::new();
    let claim = "kill -9 after a log began to move into its database and before it was cut: nothing \
                 is lost";
    let mut proof = proof("kills-checkpoint", claim, &["P13", "P14"]);
    let mut landed = 0;
    for _ in 0..kills * TRIES_MAX {
        let database = stage.home.namespace_files("db").remove(0);
        let log = database.with_extension("db-wal");
        let changed = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
        let before = changed(&database);
        while bytes(&log) <= 64 * 1_024 && changed(&database) == before {
            stage.keep();
        }
        stage.strike_when(|| changed(&database) != before, 20_000);
        landed += u64::from(bytes(&log) > 0);
        proof.count("kills", 1);
        stage.restart();
        if landed == kills {
            break;
        }
    }
    assert_eq!(landed, kills, "kills that landed inside a checkpoint");
    proof.count("kills inside", landed);
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
