//! Key epochs: made by the first commit after an open, full after so many records, pruned when
//! empty, merged when too many.

use anchorhold_identity::{Erase, Read, Write};
use anchorhold_model::limits::EPOCHS_MAX;

use super::epochs;
use crate::Error;
use crate::support::{World, id, plain, world};

fn commit(world: &World, numbers: impl Iterator<Item = u128>) {
    let scope = world.scope::<Write>("alice");
    let records: Vec<_> = numbers.map(|number| plain(number, 1, "tea")).collect();
    world.store().vault().commit(&scope, records).unwrap();
}

#[test]
fn only_the_first_commit_after_an_open_makes_an_epoch() {
    let mut world = world();
    commit(&world, 0..3);
    commit(&world, 3..6);
    let scope = world.scope::<Read>("alice");
    assert_eq!(epochs(&world, &scope), (1, 6));
    world.reopen();
    world.all("alice").unwrap();
    assert_eq!(epochs(&world, &world.scope("alice")), (1, 6));
    commit(&world, 6..7);
    assert_eq!(epochs(&world, &world.scope("alice")), (2, 7));
}

#[test]
fn an_epoch_takes_only_so_many_records() {
    let mut world = world();
    world.store_mut().vault_mut().set_rules(4, EPOCHS_MAX, 64);
    commit(&world, 0..10);
    commit(&world, 10..11);
    assert_eq!(epochs(&world, &world.scope("alice")), (3, 11));
    commit(&world, 11..13);
    assert_eq!(epochs(&world, &world.scope("alice")), (4, 13));
    assert_eq!(world.all("alice").unwrap().len(), 13);
}

#[test]
fn an_epoch_without_records_is_pruned() {
    let mut world = world();
    commit(&world, 0..3);
    world.reopen();
    commit(&world, 3..4);
    let scope = world.scope::<Erase>("alice");
    let ids = [id(0), id(1), id(2)];
    world.store().vault().purge(&scope, &ids).unwrap();
    assert_eq!(epochs(&world, &scope.narrow()), (1, 1));
    world.reopen();
    assert_eq!(world.all("alice").unwrap().len(), 1);
}

#[test]
fn too_many_epochs_are_merged_and_no_record_changes() {
    let mut world = world();
    let mut sealed = Vec::new();
    let mut generations = Vec::new();
    for number in 0..3 * EPOCHS_MAX as u128 {
        let scope = world.scope::<Write>("alice");
        let text = format!("memory {number}");
        let appended = world
            .store()
            .vault()
            .commit(&scope, vec![plain(number, 1, &text)])
            .unwrap();
        sealed.extend(appended.sealed);
        generations.push(appended.head.generation);
        assert!(epochs(&world, &scope.narrow()).0 <= EPOCHS_MAX);
        world.reopen();
    }
    assert!(generations.is_sorted());
    assert!(generations.last() > Some(&0));
    let found = world.all("alice").unwrap();
    assert_eq!(found.len(), 3 * EPOCHS_MAX);
    for number in 0..3 * EPOCHS_MAX as u128 {
        assert_eq!(found[&id(number)], (1, format!("memory {number}")));
    }
    // What a caller kept from before the merge is of an epoch that is gone: load again.
    let scope = world.scope::<Read>("alice");
    let stale = world.store().vault().open(&scope, &sealed[0]);
    assert!(matches!(stale, Err(Error::Conflict)));
}

#[test]
fn a_reader_opens_what_it_loaded_before_a_merge() {
    let mut world = world();
    for number in 0..EPOCHS_MAX as u128 {
        commit(&world, std::iter::once(number));
        world.reopen();
    }
    let scope = world.scope::<Write>("alice");
    let mut loaded = Vec::new();
    world
        .store()
        .vault()
        .load(&scope.narrow(), &mut |sealed, _| {
            loaded.push(sealed.clone());
            Ok(())
        })
        .unwrap();
    let before = world.store().vault().head(&scope.narrow()).unwrap();
    commit(&world, 1_000..1_001);
    let after = world.store().vault().head(&scope.narrow()).unwrap();
    assert_eq!(after.generation, before.generation + 1);
    for sealed in &loaded {
        world.store().vault().open(&scope.narrow(), sealed).unwrap();
    }
}

#[test]
fn a_record_that_is_changed_by_the_write_that_merges_is_changed_rightly() {
    let mut world = world();
    for number in 0..EPOCHS_MAX as u128 {
        commit(&world, std::iter::once(number));
        world.reopen();
    }
    let scope = world.scope::<Write>("alice");
    let change = plain(3, 2, "more tea");
    let changed = world.store().vault().commit(&scope, vec![change]);
    assert_eq!(changed.unwrap().head.generation, 1);
    world.reopen();
    let found = world.all("alice").unwrap();
    assert_eq!(found.len(), EPOCHS_MAX);
    assert_eq!(found[&id(3)], (2, "more tea".to_owned()));
}
