//! What is committed is there: all of it, once, in the right version, also after a restart.

use anchorhold_identity::{Erase, Read, Write};
use anchorhold_store::{Error, Head};

use crate::support::{id, plain, world};

#[test]
fn what_alice_commits_is_there_after_a_restart() {
    let mut world = world();
    let scope = world.scope::<Write>("alice");
    assert!(scope.is_reserved());
    let records = vec![plain(1, 1, "tea"), plain(2, 1, "bread")];
    let appended = world.store().vault().commit(&scope, records).unwrap();
    assert_eq!((appended.head.sequence, appended.head.generation), (2, 0));
    assert!(!appended.replayed);
    world.reopen();
    let found = world.all("alice").unwrap();
    assert_eq!(found[&id(1)], (1, "tea".to_owned()));
    assert_eq!(found[&id(2)], (1, "bread".to_owned()));
    assert_eq!(found.len(), 2);
}

#[test]
fn a_reserved_namespace_reads_as_empty_and_makes_no_file() {
    let world = world();
    let scope = world.scope::<Read>("alice");
    assert_eq!(world.store().vault().head(&scope).unwrap(), Head::default());
    assert!(world.all("alice").unwrap().is_empty());
    assert!(!world.file_of(&scope).exists());
    assert_eq!(world.store().vault().handles(), 0);
}

#[test]
fn an_update_needs_the_version_before_it() {
    let world = world();
    let vault = world.store().vault();
    let scope = world.scope::<Write>("alice");
    vault.commit(&scope, vec![plain(1, 1, "tea")]).unwrap();
    vault.commit(&scope, vec![plain(1, 2, "coffee")]).unwrap();
    for (version, text) in [(1, "tea"), (2, "juice"), (4, "juice"), (0, "juice")] {
        let refused = vault.commit(&scope, vec![plain(1, version, text)]);
        assert!(matches!(refused, Err(Error::Conflict)), "{version}");
    }
    let missing = vault.commit(&scope, vec![plain(9, 2, "juice")]);
    assert!(matches!(missing, Err(Error::Conflict)));
    assert_eq!(
        world.all("alice").unwrap()[&id(1)],
        (2, "coffee".to_owned())
    );
}

#[test]
fn a_commit_that_conflicts_leaves_nothing() {
    let world = world();
    let vault = world.store().vault();
    let scope = world.scope::<Write>("alice");
    let head = vault.commit(&scope, vec![plain(1, 1, "tea")]).unwrap().head;
    let refused = vault.commit(&scope, vec![plain(2, 1, "bread"), plain(1, 1, "juice")]);
    assert!(matches!(refused, Err(Error::Conflict)));
    assert_eq!(world.all("alice").unwrap().len(), 1);
    assert_eq!(vault.head(&scope.narrow()).unwrap(), head);
}

#[test]
fn the_same_commit_once_more_is_answered_like_the_first() {
    let mut world = world();
    let records = || vec![plain(1, 1, "tea"), plain(2, 1, "bread")];
    let first = world
        .store()
        .vault()
        .commit(&world.scope::<Write>("alice"), records())
        .unwrap();
    world.reopen();
    let scope = world.scope::<Write>("alice");
    let again = world.store().vault().commit(&scope, records()).unwrap();
    assert!(again.replayed);
    assert_eq!(again.sealed, first.sealed);
    assert_eq!(again.head, first.head);
}

#[test]
fn a_purged_record_is_gone_and_raises_the_generation() {
    let mut world = world();
    let scope = world.scope::<Erase>("alice");
    let vault = world.store().vault();
    vault
        .commit(
            &scope.narrow(),
            vec![plain(1, 1, "tea"), plain(2, 1, "bread")],
        )
        .unwrap();
    let purged = vault.purge(&scope, &[id(1), id(7)]).unwrap();
    assert_eq!((purged.removed, purged.head.generation), (1, 1));
    assert_eq!(vault.purge(&scope, &[id(1)]).unwrap().removed, 0);
    assert_eq!(vault.head(&scope.narrow()).unwrap(), purged.head);
    world.reopen();
    let found = world.all("alice").unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), [&id(2)]);
}

#[test]
fn a_sealed_record_opens_in_its_own_namespace_alone() {
    let world = world();
    let vault = world.store().vault();
    let (alice, bob) = (world.scope::<Write>("alice"), world.scope::<Write>("bob"));
    let of_alice = vault.commit(&alice, vec![plain(1, 1, "tea")]).unwrap();
    vault.commit(&bob, vec![plain(1, 1, "milk")]).unwrap();
    let sealed = &of_alice.sealed[0];
    let opened = vault.open(&alice.narrow(), sealed).unwrap();
    assert_eq!(opened.content(), b"tea");
    let fetched = vault.fetch(&alice.narrow(), &[sealed.id, id(99)]).unwrap();
    assert_eq!(fetched, [Some(sealed.clone()), None]);
    assert!(matches!(
        vault.open(&bob.narrow(), sealed),
        Err(Error::Tampered { .. })
    ));
    let mut moved = sealed.clone();
    moved.id = id(2);
    assert!(matches!(
        vault.open(&alice.narrow(), &moved),
        Err(Error::Tampered { .. })
    ));
}

#[test]
fn a_cursor_of_alice_is_no_cursor_of_bob() {
    let world = world();
    let vault = world.store().vault();
    for user in ["alice", "bob"] {
        let scope = world.scope::<Write>(user);
        vault.commit(&scope, vec![plain(1, 1, "tea")]).unwrap();
    }
    let (alice, bob) = (world.scope::<Read>("alice"), world.scope::<Read>("bob"));
    let parts: [&[u8]; 2] = [b"after", b"1"];
    let mac = vault.cursor_sign(&alice, &parts).unwrap();
    assert!(vault.cursor_verify(&alice, &parts, &mac).unwrap());
    assert!(!vault.cursor_verify(&bob, &parts, &mac).unwrap());
    assert!(
        !vault
            .cursor_verify(&alice, &[b"after1", b""], &mac)
            .unwrap()
    );
}

#[test]
fn ids_of_one_moment_differ_by_ordinal_and_by_namespace() {
    let world = world();
    let vault = world.store().vault();
    let now = anchorhold_model::Timestamp::from_milliseconds(1_800_000_000_000);
    let mut ids = std::collections::BTreeSet::new();
    for user in ["alice", "bob"] {
        let scope = world.scope::<Write>(user);
        for ordinal in 0..5_000 {
            ids.insert(vault.record_id(&scope, now, ordinal).unwrap());
        }
    }
    assert_eq!(ids.len(), 10_000);
}
