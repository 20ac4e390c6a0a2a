//! Backups while others write: what is given out is a state that was, and no writer stops for it.
#![allow(
    clippy::disallowed_methods,
    reason = "how long a commit takes is measured, and the environment says how large it gets"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anchorhold_evidence::Proof;
use anchorhold_identity::Write;
use anchorhold_model::RecordId;
use anchorhold_store::AuditMode;

use crate::backup::{backup, keep, restore, two};
use crate::support::{World, id, plain, world_with};
use crate::survey::survey;

#[test]
fn a_backup_under_load_is_a_state_that_was_and_stops_no_writer() {
    let world = two();
    let scope = world.scope::<Write>("alice");
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            let mut number = 100;
            while !stop.load(Ordering::SeqCst) {
                // Two records of one commit: a backup holds both or neither.
                let pair = vec![plain(number, 1, "one"), plain(number + 1, 1, "other")];
                world.store().vault().commit(&scope, pair).unwrap();
                number += 2;
                world.clock.advance(61);
                world.store().vault().checkpoint_due().unwrap();
            }
            number
        });
        let custodian = world.custodian(world.store());
        let mut kept = Vec::new();
        for _ in 0..12 {
            let begun = world.store().backup(&custodian, scope.namespace()).unwrap();
            let (head, records) = (begun.head(), begun.records());
            let mut bytes = Vec::new();
            for piece in begun {
                bytes.extend(piece.unwrap());
                std::thread::yield_now();
            }
            kept.push((head, records, bytes));
        }
        stop.store(true, Ordering::SeqCst);
        let last = writer.join().unwrap();
        assert!(last > 100, "the writer wrote meanwhile");
        for (head, records, bytes) in kept {
            let restored = restore(&world, &bytes, 65_536).unwrap();
            assert_eq!(restored.records, records);
            assert!(restored.head.sequence > head.sequence);
            let found = world.all("alice").unwrap();
            let numbers: Vec<RecordId> = found.keys().copied().collect();
            let expected: Vec<RecordId> = (0..5)
                .chain(100..100 + records - 5)
                .map(|n| id(n.into()))
                .collect();
            assert_eq!(
                numbers, expected,
                "five of before, then whole pairs without a gap"
            );
            assert_eq!(records % 2, 1);
        }
    });
}

#[test]
fn while_a_backup_is_given_out_the_file_stands_still_and_the_log_takes_what_is_written() {
    let world = two();
    let scope = world.scope::<Write>("alice");
    let file = world.file_of(&scope);
    let custodian = world.custodian(world.store());
    let begun = world.store().backup(&custodian, scope.namespace()).unwrap();
    let still = std::fs::read(&file).unwrap();
    keep(&world, "alice", 5..30);
    world.clock.advance(61);
    world.store().vault().checkpoint_due().unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), still);
    let bytes = begun.collect::<Result<Vec<_>, _>>().unwrap().concat();
    assert!(bytes.windows(still.len()).any(|window| window == still));
    // Now the log is taken in.
    assert!(world.store().vault().checkpoint_due().unwrap() >= 1);
    assert_ne!(std::fs::read(&file).unwrap(), still);
    assert_eq!(world.all("alice").unwrap().len(), 30);
}

/// Commits one by one while `work` runs; how long each took.
fn commits_during(world: &World, first: u128, work: impl FnOnce() + Send) -> Vec<Duration> {
    let scope = world.scope::<Write>("alice");
    let is_done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            let mut took = Vec::new();
            while !is_done.load(Ordering::SeqCst) || took.len() < 20 {
                let number = first + u128::try_from(took.len()).unwrap();
                let begun = Instant::now();
                let record = vec![plain(number, 1, "tea")];
                world.store().vault().commit(&scope, record).unwrap();
                took.push(begun.elapsed());
            }
            took
        });
        work();
        is_done.store(true, Ordering::SeqCst);
        writer.join().unwrap()
    })
}

#[test]
fn writers_of_a_large_namespace_go_on_while_it_is_backed_up() {
    let records = std::env::var("ANCHORHOLD_RECORDS").ok();
    let records: u128 = records.map_or(3_000, |records| records.parse().unwrap());
    let mut proof = Proof::new(
        "backup-under-load",
        "A backup of a large namespace is whole, and its writers wait for one checkpoint at most.",
        &["P15"],
        "ANCHORHOLD_RECORDS=100000 ANCHORHOLD_EVIDENCE=docs/evidence/proofs cargo nextest run --release -p anchorhold-store writers_of_a_large_namespace_go_on_while_it_is_backed_up",
    );
    let world = world_with(8, AuditMode::Off);
    let scope = world.scope::<Write>("alice");
    let text = "x".repeat(1_000);
    for first in (0..records).step_by(100) {
        let batch: Vec<_> = (first..first + 100)
            .map(|number| plain(number, 1, &text))
            .collect();
        world.store().vault().commit(&scope, batch).unwrap();
    }
    let alone = commits_during(&world, 1 << 40, || {});
    let mut bytes = Vec::new();
    let during = commits_during(&world, 1 << 50, || bytes = backup(&world, "alice"));
    let begun = Instant::now();
    let restored = restore(&world, &bytes, 65_536).unwrap();
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    proof.figure("restore_ms", milliseconds(begun.elapsed()));
    proof.figure(
        "longest_commit_alone_ms",
        milliseconds(*alone.iter().max().unwrap()),
    );
    proof.figure(
        "longest_commit_during_backup_ms",
        milliseconds(*during.iter().max().unwrap()),
    );
    proof.count("records", restored.records);
    proof.count(
        "commits during the backup",
        u64::try_from(during.len()).unwrap(),
    );
    proof.violation("commits that failed", 0);
    assert!(u128::from(restored.records) >= records);
    let survey_begun = Instant::now();
    assert_eq!(survey(&world, world.store()).damage, []);
    proof.figure("verify_ms", milliseconds(survey_begun.elapsed()));
    proof.write().unwrap();
}
