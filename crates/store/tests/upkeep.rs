//! Write-ahead logs are kept short, also of namespaces that nobody has open; revoked keys write
//! nothing; a closed vault takes nothing more.

use std::path::Path;

use anchorhold_identity::{Erase, Write};
use anchorhold_store::{AuditMode, Error};

use crate::support::{World, holds, id, plain, world, world_with};

fn log_bytes(world: &World, user: &str) -> u64 {
    let file = world.file_of(&world.scope::<Write>(user));
    std::fs::metadata(file.with_extension("db-wal")).map_or(0, |metadata| metadata.len())
}

fn commit(world: &World, user: &str, numbers: std::ops::Range<u128>) {
    let scope = world.scope::<Write>(user);
    for number in numbers {
        let record = plain(number, 1, &"tea ".repeat(200));
        world.store().vault().commit(&scope, vec![record]).unwrap();
    }
}

#[test]
fn a_long_log_is_due_at_once_and_a_short_one_when_idle() {
    let world = world();
    commit(&world, "alice", 0..20);
    commit(&world, "bob", 0..1);
    assert!(log_bytes(&world, "alice") > 64 * 1_024);
    assert_eq!(world.store().vault().checkpoint_due().unwrap(), 1);
    assert_eq!(log_bytes(&world, "alice"), 0);
    assert!(log_bytes(&world, "bob") > 0);
    world.clock.advance(61);
    assert_eq!(world.store().vault().checkpoint_due().unwrap(), 1);
    assert_eq!(log_bytes(&world, "bob"), 0);
    assert_eq!(world.store().vault().checkpoint_due().unwrap(), 0);
    assert_eq!(world.all("alice").unwrap().len(), 20);
}

#[test]
fn eviction_leaves_the_log_and_the_background_empties_it() {
    let world = world_with(1, AuditMode::Off);
    commit(&world, "alice", 0..3);
    commit(&world, "bob", 0..3);
    assert_eq!(world.store().vault().handles(), 1);
    assert!(log_bytes(&world, "alice") > 0);
    world.clock.advance(61);
    assert_eq!(world.store().vault().checkpoint_due().unwrap(), 2);
    assert_eq!(
        (log_bytes(&world, "alice"), log_bytes(&world, "bob")),
        (0, 0)
    );
    assert_eq!(world.all("alice").unwrap().len(), 3);
}

#[test]
fn logs_of_the_process_before_are_due_too() {
    let mut world = world();
    commit(&world, "alice", 0..3);
    world.reopen();
    assert!(log_bytes(&world, "alice") > 0);
    world.clock.advance(61);
    assert_eq!(world.store().vault().checkpoint_due().unwrap(), 1);
    assert_eq!(log_bytes(&world, "alice"), 0);
}

#[test]
fn a_purged_record_leaves_no_sealed_byte_after_the_checkpoint() {
    let world = world();
    let scope = world.scope::<Erase>("alice");
    let vault = world.store().vault();
    let appended = vault
        .commit(
            &scope.narrow(),
            (0..70)
                .map(|number| plain(number, 1, "tea"))
                .collect::<Vec<_>>(),
        )
        .unwrap();
    let file = world.file_of(&scope);
    world.clock.advance(61);
    assert_eq!(vault.checkpoint_due().unwrap(), 1);
    // The summary of the record is in an extract as well.
    let extracts = |file: &Path| -> Vec<Vec<u8>> {
        let copy = world.directory.path().join("copy.db");
        std::fs::copy(file, &copy).unwrap();
        let connection = rusqlite::Connection::open(copy).unwrap();
        let mut statement = connection
            .prepare("SELECT value FROM item WHERE key < 0")
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let before = extracts(&file);
    assert!(before.iter().all(|extract| holds(&file, &extract[..100])));
    vault.purge(&scope, &[id(7)]).unwrap();
    world.clock.advance(61);
    assert_eq!(vault.checkpoint_due().unwrap(), 1);
    assert_eq!(extracts(&file).len(), before.len());
    // The tags stand apart from the bodies.
    let body = |number: usize| {
        let bytes = &appended.sealed[number].bytes;
        &bytes[..bytes.len() - 16]
    };
    for path in [file.clone(), file.with_extension("db-wal")] {
        assert!(!holds(&path, body(7)));
        for extract in &before {
            assert!(!extract.chunks(100).any(|chunk| holds(&path, chunk)));
        }
    }
    assert!(holds(&file, body(8)));
}

#[test]
fn reading_writes_nothing() {
    let mut world = world();
    commit(&world, "alice", 0..3);
    world.reopen();
    let file = world.file_of(&world.scope::<Write>("alice"));
    let before = (std::fs::read(&file).unwrap(), log_bytes(&world, "alice"));
    assert_eq!(world.all("alice").unwrap().len(), 3);
    assert_eq!(world.store().vault().commits(), 0);
    assert_eq!(
        (std::fs::read(&file).unwrap(), log_bytes(&world, "alice")),
        before
    );
}

#[test]
fn a_key_that_was_revoked_since_writes_nothing() {
    let world = world();
    let (token, revoke) = world.service_key();
    let scope = world.scope_of_token::<Erase>(&token, "alice");
    let vault = world.store().vault();
    vault
        .commit(&scope.narrow(), vec![plain(1, 1, "tea")])
        .unwrap();
    let unborn = world.scope_of_token::<Write>(&token, "bob");
    revoke();
    let refused = vault.commit(&scope.narrow(), vec![plain(2, 1, "tea")]);
    assert!(matches!(refused, Err(Error::Revoked)));
    assert!(matches!(vault.purge(&scope, &[id(1)]), Err(Error::Revoked)));
    assert!(matches!(
        vault.commit(&unborn, vec![plain(1, 1, "tea")]),
        Err(Error::Revoked)
    ));
    assert!(!world.file_of(&unborn).exists());
    assert_eq!(world.all("alice").unwrap().len(), 1);
}

#[test]
fn a_closed_vault_takes_no_writes() {
    let world = world();
    commit(&world, "alice", 0..1);
    world.store().vault().close();
    let scope = world.scope::<Write>("alice");
    let refused = world
        .store()
        .vault()
        .commit(&scope, vec![plain(2, 1, "tea")]);
    assert!(matches!(refused, Err(Error::Unavailable)));
    assert_eq!(world.store().vault().handles(), 0);
}
