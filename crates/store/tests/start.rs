//! Making and opening an installation: once, by one process, and after any crash.

use std::os::unix::fs::PermissionsExt as _;

use anchorhold_identity::{Read, Write};
use anchorhold_store::{Error, Store};

use crate::support::{files_below, holds, kek, plain, world};

#[test]
fn an_initialised_directory_is_not_initialised_again() {
    let mut world = world();
    world.close();
    let before = std::fs::read(world.data().join("install.json")).unwrap();
    assert!(matches!(
        Store::init(&world.options(), &kek(1)),
        Err(Error::Initialised)
    ));
    assert_eq!(
        std::fs::read(world.data().join("install.json")).unwrap(),
        before
    );
    assert!(Store::is_initialised(&world.data()).unwrap());
    assert_eq!(Store::install_id(&world.data()).unwrap().len(), 32);
    world.reopen();
}

#[test]
fn a_second_opener_is_refused_while_the_first_lives() {
    let mut world = world();
    assert!(matches!(
        Store::open(world.options(), &kek(1)),
        Err(Error::InUse)
    ));
    world.close();
    world.reopen();
}

#[test]
fn an_empty_directory_is_not_initialised() {
    let world = world();
    let mut options = world.options();
    options.data = world.directory.path().join("nothing");
    assert!(matches!(
        Store::open(options, &kek(1)),
        Err(Error::NotInitialised)
    ));
}

#[test]
fn an_init_that_crashed_begins_anew() {
    let mut world = world();
    world.close();
    std::fs::remove_file(world.data().join("install.json")).unwrap();
    assert!(!Store::is_initialised(&world.data()).unwrap());
    Store::init(&world.options(), &kek(1)).unwrap();
    world.reopen();
}

#[test]
fn a_lost_install_file_never_costs_records() {
    let mut world = world();
    let scope = world.scope::<Write>("alice");
    world
        .store()
        .vault()
        .commit(&scope, vec![plain(1, 1, "tea")])
        .unwrap();
    world.close();
    let path = world.data().join("install.json");
    let content = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let refused = Store::init(&world.options(), &kek(1));
    assert!(matches!(refused, Err(Error::Tampered { .. })));
    std::fs::write(&path, content).unwrap();
    world.reopen();
    assert_eq!(world.all("alice").unwrap().len(), 1);
}

#[test]
fn what_a_crash_left_without_a_row_is_removed_at_the_start() {
    let mut world = world();
    let scope = world.scope::<Write>("alice");
    world
        .store()
        .vault()
        .commit(&scope, vec![plain(1, 1, "tea")])
        .unwrap();
    world.close();
    let orphan = "5".repeat(32);
    let shard = world.data().join("namespaces").join("55");
    std::fs::create_dir_all(&shard).unwrap();
    for suffix in ["new", "new-wal"] {
        std::fs::write(shard.join(format!("{orphan}.{suffix}")), b"left").unwrap();
    }
    let connection = rusqlite::Connection::open(world.data().join("keyring.db")).unwrap();
    connection
        .execute(
            "INSERT INTO wrapped_key VALUES (?1, ?2)",
            ([6_u8; 16], [0xab_u8; 92]),
        )
        .unwrap();
    drop(connection);
    world.reopen();
    assert_eq!(world.all("alice").unwrap().len(), 1);
    let left = files_below(&world.data());
    assert!(
        left.iter()
            .all(|path| !path.to_string_lossy().contains(&orphan))
    );
    for name in ["keyring.db", "keyring.db-wal"] {
        assert!(!holds(&world.data().join(name), &[0xab; 92]));
    }
}

/// A catalogue of yesterday does not know the namespaces of today: they are kept, and told of.
#[test]
fn a_catalogue_that_is_older_than_the_namespaces_costs_none_of_them() {
    let mut world = world();
    let keep = |world: &crate::support::World, user: &str| {
        let scope = world.scope::<Write>(user);
        world
            .store()
            .vault()
            .commit(&scope, vec![plain(1, 1, "tea")])
            .unwrap();
    };
    keep(&world, "alice");
    world.close();
    let catalogue = ["catalogue.db", "catalogue.db-wal"].map(|name| world.data().join(name));
    let older = catalogue
        .clone()
        .map(|path| std::fs::read(path).unwrap_or_default());
    world.reopen();
    keep(&world, "bob");
    world.close();
    let newest = catalogue
        .clone()
        .map(|path| std::fs::read(path).unwrap_or_default());
    let files = files_below(&world.data());
    for (path, bytes) in catalogue.iter().zip(older) {
        std::fs::write(path, bytes).unwrap();
    }
    assert!(matches!(
        Store::open(world.options(), &kek(1)).err(),
        Some(Error::Tampered { .. })
    ));
    assert_eq!(files_below(&world.data()), files, "nothing was destroyed");
    for (path, bytes) in catalogue.iter().zip(newest) {
        std::fs::write(path, bytes).unwrap();
    }
    world.reopen();
    for user in ["alice", "bob"] {
        assert_eq!(world.all(user).unwrap().len(), 1);
    }
}

#[test]
fn nobody_but_the_owner_may_read_the_directory() {
    let world = world();
    let scope = world.scope::<Write>("alice");
    world
        .store()
        .vault()
        .commit(&scope, vec![plain(1, 1, "tea")])
        .unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    for path in files_below(&world.data()) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
    }
}

#[test]
fn no_content_and_no_name_is_in_any_file_or_path() {
    let mut world = world();
    let scope = world.scope::<Write>("alice-of-wonderland");
    let record = plain(1, 1, "the white rabbit is late");
    world.store().vault().commit(&scope, vec![record]).unwrap();
    world.namespace_create("looking-glass");
    for _ in 0..2 {
        for path in files_below(&world.data()) {
            let words = ["white rabbit", "wonderland", "looking-glass", "acme"];
            for word in words {
                assert!(
                    !holds(&path, word.as_bytes()),
                    "{word} in {}",
                    path.display()
                );
                assert!(!path.to_string_lossy().contains(word));
            }
        }
        world.clock.advance(61);
        world.store().vault().checkpoint_due().unwrap();
    }
    world.close();
    world.reopen();
    assert_eq!(
        world
            .store()
            .vault()
            .head(&world.scope::<Read>("alice-of-wonderland"))
            .unwrap()
            .sequence,
        1
    );
}
