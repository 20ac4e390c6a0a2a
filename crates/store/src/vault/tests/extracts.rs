//! Extracts: written by a namespace's own history, never trusted, gone with what they were taken
//! from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anchorhold_identity::{Erase, Read, Write};
use anchorhold_model::RecordId;
use proptest::prelude::*;

use crate::support::{World, id, load, plain, world};
use crate::vault::extract::Extract;
use crate::{Error, Store};

/// Small numbers, so that a short history meets every rule.
fn open(world: &mut World) {
    world.reopen();
    world.store_mut().vault_mut().set_rules(6, 3, 4);
}

fn small() -> World {
    let mut world = world();
    open(&mut world);
    world
}

fn put(world: &World, user: &str, number: u128, version: u64) {
    let scope = world.scope::<Write>(user);
    let record = plain(number, version, &format!("{user} {number} {version}"));
    world.store().vault().commit(&scope, vec![record]).unwrap();
}

fn purge(world: &World, user: &str, numbers: &[u128]) {
    let scope = world.scope::<Erase>(user);
    let ids: Vec<RecordId> = numbers.iter().map(|number| id(*number)).collect();
    world.store().vault().purge(&scope, &ids).unwrap();
}

/// Sequences and tags of the entries of each extract of a user, and of the live records.
type Covered = (
    BTreeMap<u64, Vec<(u64, [u8; 16])>>,
    BTreeSet<(u64, [u8; 16])>,
);

fn covered(world: &World, user: &str) -> Covered {
    let scope = world.scope::<Read>(user);
    let vault = world.store().vault();
    let Some(opened) = vault.open_for_read(&scope).unwrap() else {
        return Covered::default();
    };
    opened
        .handle
        .with_engine(|engine| {
            let rows = engine.session.extracts(&scope)?.into_iter();
            let extracts = rows.map(|row| {
                let opened = Extract::open(engine.keys.extracts(), engine.namespace, &row);
                let opened = opened.expect("an extract that opens");
                let entries = opened.entries().map(|entry| (entry.sequence, entry.tag));
                (row.number, entries.collect())
            });
            let live = engine.session.rows(&scope)?.into_iter();
            Ok((
                extracts.collect(),
                live.map(|row| (row.sequence, row.tag)).collect(),
            ))
        })
        .unwrap()
}

/// Every entry is of a live record, every live record of a full span has an entry, and each
/// stands in the extract of its span.
fn check(world: &World, user: &str) {
    let (extracts, live) = covered(world, user);
    let entries: BTreeSet<_> = extracts.values().flatten().copied().collect();
    let head = world.store().vault().head(&world.scope(user)).unwrap();
    let full = head.sequence / 4 * 4;
    let expected: BTreeSet<_> = live
        .into_iter()
        .filter(|(sequence, _)| *sequence <= full)
        .collect();
    assert_eq!(entries, expected);
    for (number, entries) in &extracts {
        assert!(!entries.is_empty() && entries.is_sorted());
        assert!(
            entries
                .iter()
                .all(|(sequence, _)| sequence.div_ceil(4) == *number)
        );
    }
    load(world.store(), &world.scope(user)).unwrap();
}

#[derive(Clone, Debug)]
enum Step {
    Put(u128),
    Change(u128),
    Purge(Vec<u128>),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0_u128..40).prop_map(Step::Put),
        3 => (0_u128..40).prop_map(Step::Change),
        2 => prop::collection::vec(0_u128..40, 1..4).prop_map(Step::Purge),
        2 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn extracts_cover_the_live_records_of_full_spans_and_nothing_else(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = small();
        let mut versions: BTreeMap<u128, u64> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Put(number) if !versions.contains_key(&number) => {
                    versions.insert(number, 1);
                    put(&world, "alice", number, 1);
                }
                Step::Put(_) => {}
                Step::Change(number) => {
                    if let Some(version) = versions.get_mut(&number) {
                        *version += 1;
                        put(&world, "alice", number, *version);
                    }
                }
                Step::Purge(numbers) => {
                    purge(&world, "alice", &numbers);
                    versions.retain(|number, _| !numbers.contains(number));
                }
                Step::Reopen => open(&mut world),
            }
            check(&world, "alice");
        }
        open(&mut world);
        prop_assert_eq!(world.all("alice").unwrap().len(), versions.len());
    }
}

/// Twelve records in three full spans, and one more; the file, closed.
fn filled(world: &mut World, user: &str) -> PathBuf {
    for number in 0..13 {
        put(world, user, number, 1);
    }
    let file = world.file_of(&world.scope::<Read>(user));
    world.clock.advance(61);
    world.store().vault().checkpoint_due().unwrap();
    world.close();
    file
}

fn summaries(store: &Store, scope: &anchorhold_identity::Scope<Read>) -> Result<usize, Error> {
    let mut count = 0;
    store.vault().load_summaries(scope, &mut |_| {
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

#[test]
fn an_extract_that_is_damaged_missing_moved_or_of_others_changes_no_answer() {
    for statement in [
        "UPDATE item SET value = zeroblob(length(value)) WHERE key < 0",
        "UPDATE item SET value = zeroblob(3) WHERE key = -2",
        "DELETE FROM item WHERE key < 0",
        "DELETE FROM item WHERE key = -1",
        "UPDATE item SET key = key - 10 WHERE key < 0",
        "INSERT INTO item (key, value) VALUES (-99, zeroblob(500))",
        "UPDATE item SET value = (SELECT value FROM item WHERE key = -3) WHERE key = -1",
        "UPDATE item SET value = (SELECT value FROM bob.item AS theirs WHERE theirs.key = item.key)
         WHERE key < 0",
    ] {
        let mut world = small();
        let bob = filled(&mut world, "bob");
        open(&mut world);
        let alice = filled(&mut world, "alice");
        let connection = rusqlite::Connection::open(&alice).unwrap();
        connection
            .execute_batch(&format!("ATTACH '{}' AS bob; {statement}", bob.display()))
            .unwrap();
        drop(connection);
        open(&mut world);
        let all = world.all("alice").unwrap();
        assert_eq!(all.len(), 13, "{statement}");
        assert!(all.values().all(|(_, text)| text.starts_with("alice")));
        // Nor does it keep anybody from writing.
        put(&world, "alice", 0, 2);
        purge(&world, "alice", &[1, 5, 9]);
        assert_eq!(world.all("alice").unwrap().len(), 10, "{statement}");
    }
}

#[test]
fn an_older_extract_that_is_put_back_brings_nothing_back() {
    let mut world = small();
    let file = filled(&mut world, "alice");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute("CREATE TABLE old AS SELECT * FROM item WHERE key < 0", [])
        .unwrap();
    drop(connection);
    open(&mut world);
    put(&world, "alice", 0, 2);
    purge(&world, "alice", &[1, 5]);
    // Kept again under an id that was used before, with the version that it had then.
    let scope = world.scope::<Write>("alice");
    let again = plain(5, 1, "something else");
    world.store().vault().commit(&scope, vec![again]).unwrap();
    let expected = world.all("alice").unwrap();
    world.close();
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute("REPLACE INTO item SELECT * FROM old", [])
        .unwrap();
    drop(connection);
    open(&mut world);
    assert_eq!(world.all("alice").unwrap(), expected);
    assert_eq!(expected[&id(5)].1, "something else");
}

#[test]
fn a_namespace_is_opened_without_its_bodies_and_a_damaged_body_is_found_when_it_is_read() {
    let mut world = small();
    let file = filled(&mut world, "alice");
    let connection = rusqlite::Connection::open(&file).unwrap();
    // All but the body of the last record, which no extract covers yet.
    connection
        .execute(
            "UPDATE item SET value = CAST(substr(value, 1, 16) || zeroblob(length(value) - 16) AS BLOB)
             WHERE key BETWEEN 4294967297 AND 4294967308",
            [],
        )
        .unwrap();
    drop(connection);
    open(&mut world);
    let scope = world.scope::<Read>("alice");
    assert_eq!(summaries(world.store(), &scope).unwrap(), 13);
    let vault = world.store().vault();
    let fetched = vault.fetch(&scope, &[id(3), id(12)]).unwrap();
    let [Some(damaged), Some(sound)] = &fetched[..] else {
        panic!("both are there");
    };
    let found = vault.open(&scope, damaged).map(drop);
    assert!(matches!(found, Err(Error::Tampered { .. })));
    assert_eq!(vault.open(&scope, sound).unwrap().content(), b"alice 12 1");
    assert!(matches!(world.all("alice"), Err(Error::Tampered { .. })));
}

#[test]
fn a_damaged_body_does_not_keep_its_span_from_being_extracted() {
    let mut world = small();
    let file = filled(&mut world, "alice");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute(
            "UPDATE item SET value = zeroblob(length(value)) WHERE key = 4294967309",
            [],
        )
        .unwrap();
    drop(connection);
    open(&mut world);
    for number in 13..20 {
        put(&world, "alice", number, 1);
    }
    let (extracts, live) = covered(&world, "alice");
    assert_eq!(live.len(), 20);
    assert_eq!(extracts.values().flatten().count(), 19);
}
