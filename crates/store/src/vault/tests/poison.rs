//! After a commit that failed, nothing is acknowledged until the namespace was opened again.

use std::sync::Barrier;

use anchorhold_identity::Write;

use super::fail_next_commit;
use crate::Error;
use crate::backend::Fault;
use crate::support::{World, id, plain, world};

fn failed(fault: Fault) -> World {
    let world = world();
    let vault = world.store().vault();
    let scope = world.scope::<Write>("alice");
    vault.commit(&scope, vec![plain(1, 1, "tea")]).unwrap();
    fail_next_commit(&world, &scope.narrow(), fault);
    let unknown = vault.commit(&scope, vec![plain(2, 1, "bread")]);
    assert!(matches!(unknown, Err(Error::OutcomeUnknown)));
    world
}

#[test]
fn a_lost_commit_is_not_there_and_succeeds_with_the_same_ids() {
    let world = failed(Fault::BeforeCommit);
    assert_eq!(world.all("alice").unwrap().len(), 1);
    let scope = world.scope::<Write>("alice");
    let again = world
        .store()
        .vault()
        .commit(&scope, vec![plain(2, 1, "bread")]);
    assert!(!again.unwrap().replayed);
    assert_eq!(world.all("alice").unwrap().len(), 2);
}

#[test]
fn a_commit_that_reached_the_disk_is_there_and_is_replayed() {
    let world = failed(Fault::AfterCommit);
    assert_eq!(world.all("alice").unwrap().len(), 2);
    let scope = world.scope::<Write>("alice");
    let again = world
        .store()
        .vault()
        .commit(&scope, vec![plain(2, 1, "bread")]);
    assert!(again.unwrap().replayed);
}

#[test]
fn a_poisoned_namespace_is_written_to_its_database_before_it_is_believed() {
    let world = failed(Fault::AfterCommit);
    let scope = world.scope::<Write>("alice");
    world.all("alice").unwrap();
    let log = std::fs::metadata(world.file_of(&scope).with_extension("db-wal")).unwrap();
    assert_eq!(log.len(), 0);
}

#[test]
fn a_commit_that_finds_no_room_changes_nothing_and_poisons_nothing() {
    let world = world();
    let vault = world.store().vault();
    let scope = world.scope::<Write>("alice");
    vault.commit(&scope, vec![plain(1, 1, "tea")]).unwrap();
    fail_next_commit(&world, &scope.narrow(), Fault::FullDisk);
    let refused = vault.commit(&scope, vec![plain(2, 1, "bread")]);
    assert!(matches!(refused, Err(Error::Unavailable)), "{refused:?}");
    assert_eq!(world.all("alice").unwrap().len(), 1);
    assert!(!vault.logs.is_suspect(scope.namespace()));
    let again = vault.commit(&scope, vec![plain(2, 1, "bread")]);
    assert!(!again.unwrap().replayed);
}

#[test]
fn what_cannot_be_written_again_is_read_and_never_called_kept() {
    let world = failed(Fault::AfterCommit);
    let vault = world.store().vault();
    let scope = world.scope::<Write>("alice");
    // A checkpoint cannot empty a log that it may not open: a directory stands in its place.
    let log = world.file_of(&scope).with_extension("db-wal");
    let kept = log.with_extension("kept");
    std::fs::rename(&log, &kept).unwrap();
    std::fs::create_dir(&log).unwrap();
    assert!(vault.head(&scope.narrow()).is_err());
    std::fs::remove_dir(&log).unwrap();
    std::fs::rename(&kept, &log).unwrap();
    assert!(vault.logs.is_suspect(scope.namespace()));
    vault.settled(&scope).unwrap();
    assert!(!vault.logs.is_suspect(scope.namespace()));
    assert_eq!(world.all("alice").unwrap().len(), 2);
}

#[test]
fn while_somebody_holds_a_poisoned_handle_writers_are_refused_and_readers_go_on() {
    let world = world();
    let vault = world.store().vault();
    let scope = world.scope::<Write>("alice");
    let appended = vault.commit(&scope, vec![plain(1, 1, "tea")]).unwrap();
    let held = vault.open_for_read(&scope.narrow()).unwrap().unwrap();
    fail_next_commit(&world, &scope.narrow(), Fault::BeforeCommit);
    let unknown = vault.commit(&scope, vec![plain(2, 1, "bread")]);
    assert!(matches!(unknown, Err(Error::OutcomeUnknown)));
    let refused = vault.commit(&scope, vec![plain(2, 1, "bread")]);
    assert!(matches!(refused, Err(Error::Poisoned)));
    assert_eq!(
        vault
            .open(&scope.narrow(), &appended.sealed[0])
            .unwrap()
            .content(),
        b"tea"
    );
    assert_eq!(vault.head(&scope.narrow()).unwrap(), appended.head);
    drop(held);
    vault.commit(&scope, vec![plain(2, 1, "bread")]).unwrap();
    assert_eq!(world.all("alice").unwrap().len(), 2);
}

#[test]
fn every_writer_of_a_failed_group_learns_it_and_none_is_acknowledged() {
    let world = world();
    let vault = world.store().vault();
    let scope = world.scope::<Write>("alice");
    vault.commit(&scope, vec![plain(1, 1, "tea")]).unwrap();
    fail_next_commit(&world, &scope.narrow(), Fault::BeforeCommit);
    let barrier = Barrier::new(16);
    let outcomes: Vec<(u128, bool)> = std::thread::scope(|threads| {
        let writers: Vec<_> = (10..26)
            .map(|number| {
                let (barrier, scope) = (&barrier, scope.narrow::<Write>());
                threads.spawn(move || {
                    barrier.wait();
                    let outcome = vault.commit(&scope, vec![plain(number, 1, "x")]);
                    let expected = matches!(
                        outcome,
                        Ok(_) | Err(Error::OutcomeUnknown | Error::Poisoned)
                    );
                    assert!(expected, "{outcome:?}");
                    (number, outcome.is_ok())
                })
            })
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .collect()
    });
    let stored = world.all("alice").unwrap();
    for (number, acknowledged) in &outcomes {
        assert_eq!(stored.contains_key(&id(*number)), *acknowledged, "{number}");
    }
    assert!(outcomes.iter().any(|(_, acknowledged)| !acknowledged));
}

#[test]
fn a_panicked_writer_poisons_its_namespace_and_no_other() {
    let world = world();
    let vault = world.store().vault();
    let (alice, bob) = (world.scope::<Write>("alice"), world.scope::<Write>("bob"));
    for scope in [&alice, &bob] {
        vault.commit(scope, vec![plain(1, 1, "tea")]).unwrap();
    }
    *world.random.trap.lock().unwrap() = Some(alice.namespace().as_bytes().to_vec());
    let panicked = std::thread::scope(|threads| {
        threads
            .spawn(|| vault.commit(&alice, vec![plain(2, 1, "bread")]))
            .join()
    });
    assert!(panicked.is_err());
    vault.commit(&bob, vec![plain(2, 1, "milk")]).unwrap();
    assert_eq!(world.all("alice").unwrap().len(), 1);
    vault.commit(&alice, vec![plain(2, 1, "bread")]).unwrap();
    assert_eq!(world.all("alice").unwrap().len(), 2);
}
