//! Bytes that changed on disk: right data or a typed error, never wrong data, never a panic.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anchorhold_identity::{Read, Write};
use anchorhold_model::RecordId;
use anchorhold_store::{AuditMode, Error, Store};

use crate::support::{World, id, kek, plain, world, world_with};

type Found = BTreeMap<RecordId, (u64, String)>;

/// Alice has a few records in the database and a few in the log.
fn small() -> (World, PathBuf, Vec<Found>) {
    let mut world = world_with(1, AuditMode::Off);
    // Bob's namespace exists and holds nothing: a refused write makes it.
    let bob = world.scope::<Write>("bob");
    let refused = world.store().vault().commit(&bob, vec![plain(1, 2, "tea")]);
    assert!(matches!(refused, Err(Error::Conflict)));
    let scope = world.scope::<Write>("alice");
    let mut states = vec![Found::new()];
    for number in 0..3 {
        let record = plain(number, 1, &format!("memory {number}"));
        world.store().vault().commit(&scope, vec![record]).unwrap();
        states.push(world.all("alice").unwrap());
        if number == 1 {
            world.clock.advance(61);
            assert_eq!(world.store().vault().checkpoint_due().unwrap(), 1);
        }
    }
    let update = plain(0, 2, "memory 0 changed");
    world.store().vault().commit(&scope, vec![update]).unwrap();
    states.push(world.all("alice").unwrap());
    let file = world.file_of(&scope);
    world.close();
    (world, file, states)
}

/// Reads everything with a changed file. `None` for a typed error.
fn read(world: &mut World) -> Option<Found> {
    world.try_open().ok()?;
    world.all("alice").ok()
}

/// Positions worth a change: every byte that says something, and some of the empty space.
fn positions(content: &[u8]) -> Vec<usize> {
    let is_worth = |position: &usize| content[*position] != 0 || position.is_multiple_of(64);
    (0..content.len()).filter(is_worth).collect()
}

/// Changes each byte in turn while the store is closed, opens it and reads.
fn flip_each(world: &mut World, file: &Path, step: usize, full: &Found) {
    let original = std::fs::read(file).unwrap();
    let keep = snapshot(world);
    let mut refused = 0;
    for position in positions(&original).into_iter().step_by(step) {
        let mut changed = original.clone();
        changed[position] ^= 0x11;
        std::fs::write(file, &changed).unwrap();
        match read(world) {
            Some(found) => assert_eq!(&found, full, "byte {position} of {}", file.display()),
            None => refused += 1,
        }
        world.close();
        restore(&keep);
    }
    assert!(refused > 0);
}

/// The same for a file of Alice's namespace, which is closed while Bob's takes the only handle.
fn flip_each_of_alice(file: &Path, world: &World, mut judge: impl FnMut(usize, Option<Found>)) {
    let original = std::fs::read(file).unwrap();
    let close_alice = || {
        assert!(world.all("bob").unwrap().is_empty());
        assert_eq!(world.store().vault().handles(), 1);
    };
    close_alice();
    for position in positions(&original) {
        for mask in [0x01, 0x80, 0xff] {
            let mut changed = original.clone();
            changed[position] ^= mask;
            std::fs::write(file, &changed).unwrap();
            judge(position, world.all("alice").ok());
            close_alice();
        }
    }
    std::fs::write(file, original).unwrap();
    assert_eq!(world.all("alice").unwrap().len(), 3);
}

fn snapshot(world: &World) -> Vec<(PathBuf, Vec<u8>)> {
    let files = crate::support::files_below(&world.data());
    files
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

fn restore(files: &[(PathBuf, Vec<u8>)]) {
    for (path, content) in files {
        if std::fs::read(path).ok().as_ref() != Some(content) {
            std::fs::write(path, content).unwrap();
        }
    }
}

#[test]
fn a_changed_byte_of_a_namespace_file_gives_right_data_or_an_error() {
    let (mut world, file, states) = small();
    world.reopen();
    let mut refused = 0;
    flip_each_of_alice(&file, &world, |position, found| match found {
        Some(found) => assert_eq!(Some(&found), states.last(), "byte {position}"),
        None => refused += 1,
    });
    assert!(refused > 1_000, "{refused}");
}

/// SQLite ends a log at the first frame whose checksum is wrong, as it must after a torn write.
/// So a changed log can take a namespace back to an earlier commit of its own (a roll-back, which
/// the file alone cannot show), and to nothing else.
#[test]
fn a_changed_byte_of_a_log_gives_a_state_that_was_committed_or_an_error() {
    let (mut world, file, states) = small();
    world.reopen();
    let log = file.with_extension("db-wal");
    let mut rolled_back = 0;
    flip_each_of_alice(&log, &world, |position, found| {
        if let Some(found) = found {
            assert!(states.contains(&found), "byte {position}");
            rolled_back += usize::from(Some(&found) != states.last());
        }
    });
    assert!(rolled_back > 0);
}

#[test]
fn a_changed_byte_of_the_keyring_gives_right_data_or_an_error() {
    let (mut world, _, states) = small();
    let full = states.last().unwrap().clone();
    world.reopen();
    world.close();
    let file = world.data().join("keyring.db");
    flip_each(&mut world, &file, 3, &full);
}

#[test]
fn a_changed_byte_of_the_installation_gives_right_data_or_an_error() {
    let (mut world, _, states) = small();
    let full = states.last().unwrap().clone();
    let file = world.data().join("install.json");
    flip_each(&mut world, &file, 1, &full);
}

#[test]
fn the_wrong_kek_is_told_before_anything_else_is_read() {
    let (world, _, _) = small();
    for name in ["catalogue.db", "keyring.db"] {
        std::fs::write(world.data().join(name), b"noise").unwrap();
    }
    assert!(matches!(
        Store::open(world.options(), &kek(2)),
        Err(Error::WrongKey)
    ));
}

#[test]
fn a_namespace_file_that_vanished_is_tampering_and_no_empty_namespace() {
    let (mut world, file, _) = small();
    std::fs::remove_file(&file).unwrap();
    world.reopen();
    for _ in 0..2 {
        assert!(matches!(world.all("alice"), Err(Error::Tampered { .. })));
    }
    let scope = world.scope::<Write>("alice");
    let refused = world
        .store()
        .vault()
        .commit(&scope, vec![plain(9, 1, "tea")]);
    assert!(matches!(refused, Err(Error::Tampered { .. })));
    assert!(!file.exists());
}

/// Runs a statement in a closed namespace file.
fn alter(file: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(file).unwrap();
    assert!(
        connection.execute(statement, []).unwrap() > 0,
        "{statement}"
    );
}

#[test]
fn a_removed_row_a_changed_row_and_a_changed_head_are_found() {
    for statement in [
        "DELETE FROM record WHERE version = 2",
        "DELETE FROM record WHERE version = 1",
        "UPDATE record SET version = version + 1 WHERE version = 2",
        "UPDATE record SET id = randomblob(16) WHERE version = 2",
        "UPDATE record SET key_epoch = key_epoch + 1",
        "UPDATE record SET kind = 2",
        "UPDATE record SET tag = zeroblob(16) WHERE version = 2",
        "INSERT INTO record SELECT randomblob(16), sequence, version, kind, key_epoch, tag
         FROM record LIMIT 1",
        "UPDATE record SET sequence = sequence + 1 WHERE version = 2",
        "UPDATE item SET value = substr(value, 1, length(value) - 1) WHERE key > 4294967296",
        "UPDATE item SET key = key + 100 WHERE key > 4294967296",
        "DELETE FROM item WHERE key > 4294967296",
        "UPDATE item SET sequence = sequence - 1 WHERE key = 0",
        "UPDATE item SET generation = 0 - 1 WHERE key = 0",
        "UPDATE item SET value = zeroblob(96) WHERE key = 0",
        "UPDATE item SET value = zeroblob(64) WHERE key = 1",
        "DELETE FROM item WHERE key = 0",
        "DELETE FROM item WHERE key = 1",
        "INSERT INTO item (key, value) VALUES (9, zeroblob(64))",
    ] {
        let (mut world, file, _) = small();
        alter(&file, statement);
        world.reopen();
        let found = world.all("alice");
        assert!(
            matches!(found, Err(Error::Tampered { .. })),
            "{statement}: {found:?}"
        );
    }
}

#[test]
fn an_older_version_of_a_row_that_is_put_back_is_found() {
    let (mut world, file, _) = small();
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute("CREATE TABLE old AS SELECT * FROM record", [])
        .unwrap();
    drop(connection);
    world.reopen();
    let scope = world.scope::<Write>("alice");
    let update = plain(1, 2, "memory 1 changed");
    world.store().vault().commit(&scope, vec![update]).unwrap();
    world.close();
    alter(&file, "REPLACE INTO record SELECT * FROM old");
    world.reopen();
    assert!(matches!(world.all("alice"), Err(Error::Tampered { .. })));
}

#[test]
fn files_and_rows_that_are_swapped_between_namespaces_are_refused() {
    let mut world = world_with(8, AuditMode::Off);
    let mut files = Vec::new();
    for user in ["alice", "bob"] {
        let scope = world.scope::<Write>(user);
        let records = vec![plain(1, 1, user), plain(2, 1, user)];
        world.store().vault().commit(&scope, records).unwrap();
        files.push(world.file_of(&scope));
    }
    world.clock.advance(61);
    assert_eq!(world.store().vault().checkpoint_due().unwrap(), 2);
    world.close();
    let keep = snapshot(&world);
    std::fs::write(&files[0], std::fs::read(&files[1]).unwrap()).unwrap();
    world.reopen();
    assert!(matches!(world.all("alice"), Err(Error::Tampered { .. })));
    assert_eq!(world.all("bob").unwrap()[&id(1)].1, "bob");
    world.close();
    restore(&keep);
    let bob = files[1].display();
    let connection = rusqlite::Connection::open(&files[0]).unwrap();
    connection.execute_batch(&format!("ATTACH '{bob}' AS bob; REPLACE INTO record SELECT * FROM bob.record WHERE id = (SELECT min(id) FROM bob.record);")).unwrap();
    drop(connection);
    world.reopen();
    assert!(matches!(world.all("alice"), Err(Error::Tampered { .. })));
}

fn wrapped(keyring: &rusqlite::Connection) -> Vec<Vec<u8>> {
    let mut statement = keyring.prepare("SELECT wrapped FROM wrapped_key").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn wrapped_keys_that_are_swapped_between_namespaces_are_refused() {
    let mut world = world();
    for user in ["alice", "bob"] {
        let scope = world.scope::<Write>(user);
        world
            .store()
            .vault()
            .commit(&scope, vec![plain(1, 1, user)])
            .unwrap();
    }
    world.close();
    let connection = rusqlite::Connection::open(world.data().join("keyring.db")).unwrap();
    let statement = "UPDATE wrapped_key SET wrapped = swapped.wrapped
         FROM (SELECT namespace, wrapped FROM wrapped_key) AS swapped
         WHERE swapped.namespace <> wrapped_key.namespace";
    let before: Vec<Vec<u8>> = wrapped(&connection);
    connection.execute(statement, []).unwrap();
    let mut after = wrapped(&connection);
    after.reverse();
    assert_eq!(before, after);
    drop(connection);
    world.reopen();
    for user in ["alice", "bob"] {
        assert!(matches!(world.all(user), Err(Error::Tampered { .. })));
    }
}

#[test]
fn a_clean_scope_still_reads_after_all_of_this() {
    let (mut world, _, states) = small();
    assert_eq!(read(&mut world).as_ref(), states.last());
    let head = world.store().vault().head(&world.scope::<Read>("alice"));
    assert_eq!(head.unwrap().sequence, 4);
}
