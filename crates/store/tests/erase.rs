//! What is erased is gone: from the keyring and its log, from the disk, for every scope and key.

use anchorhold_identity::{Admin, Read, Write};
use anchorhold_store::Error;

use crate::support::{World, files_below, holds, id, plain, user, world};

fn with_records(users: &[&str]) -> World {
    let world = world();
    for user in users {
        let scope = world.scope::<Write>(user);
        let records: Vec<_> = (0..10).map(|number| plain(number, 1, "tea")).collect();
        world.store().vault().commit(&scope, records).unwrap();
    }
    world
}

/// The wrapped key of a namespace as it lies in the keyring.
fn wrapped_of(world: &mut World, namespace: anchorhold_model::NamespaceId) -> Vec<u8> {
    world.close();
    let connection = rusqlite::Connection::open(world.data().join("keyring.db")).unwrap();
    let wrapped = connection
        .query_row(
            "SELECT wrapped FROM wrapped_key WHERE namespace = ?1",
            [namespace.as_bytes()],
            |row| row.get(0),
        )
        .unwrap();
    drop(connection);
    world.reopen();
    wrapped
}

#[test]
fn an_erased_user_leaves_no_file_and_no_byte_of_its_wrapped_keys() {
    let names: Vec<String> = (0..300).map(|number| format!("user-{number}")).collect();
    let users: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut world = with_records(&users);
    let victims = [3, 77, 150, 151, 299];
    let mut secrets = Vec::new();
    for victim in victims {
        let namespace = world.scope::<Read>(users[victim]).namespace();
        secrets.push((namespace, wrapped_of(&mut world, namespace)));
    }
    for victim in victims {
        let shredded = world
            .store()
            .erase_subject(&world.erasure(users[victim]))
            .unwrap();
        assert_eq!((shredded.namespaces, shredded.records), (1, 10));
        assert!(
            shredded
                .residues
                .iter()
                .all(|residue| residue.until > shredded.erased_at)
        );
        // While the store is open: the keyring and its log as a thief would copy them now.
        for name in ["keyring.db", "keyring.db-wal"] {
            let (namespace, wrapped) = &secrets[victims.iter().position(|v| *v == victim).unwrap()];
            let path = world.data().join(name);
            for part in wrapped[32..].chunks(16) {
                assert!(
                    !holds(&path, part),
                    "{name} holds a part of {namespace}'s key"
                );
            }
        }
    }
    for (namespace, _) in &secrets {
        let name = anchorhold_model::hex(namespace.as_bytes());
        let left = files_below(&world.data());
        assert!(
            left.iter()
                .all(|path| !path.to_string_lossy().contains(&name))
        );
    }
    world.reopen();
    assert!(world.all(users[3]).unwrap().is_empty());
    assert_eq!(world.all(users[4]).unwrap().len(), 10);
}

#[test]
fn scopes_from_before_an_erase_are_void() {
    let world = with_records(&["alice"]);
    let vault = world.store().vault();
    let old = world.scope::<Write>("alice");
    let sealed = vault
        .commit(&old, vec![plain(50, 1, "tea")])
        .unwrap()
        .sealed;
    world
        .store()
        .erase_subject(&world.erasure("alice"))
        .unwrap();
    assert!(matches!(
        vault.commit(&old, vec![plain(51, 1, "tea")]),
        Err(Error::Void)
    ));
    assert!(matches!(vault.head(&old.narrow()), Err(Error::Void)));
    assert!(matches!(
        vault.load(&old.narrow(), &mut |_, _| Ok(())),
        Err(Error::Void)
    ));
    assert!(matches!(
        vault.open(&old.narrow(), &sealed[0]),
        Err(Error::Void)
    ));
    let new = world.scope::<Write>("alice");
    assert_ne!(new.namespace(), old.namespace());
    vault.commit(&new, vec![plain(1, 1, "new")]).unwrap();
    assert_eq!(world.all("alice").unwrap().len(), 1);
    assert!(matches!(
        vault.open(&new.narrow(), &sealed[0]),
        Err(Error::Tampered { .. } | Error::Conflict)
    ));
}

#[test]
fn a_reservation_from_before_an_erase_makes_nothing() {
    let world = with_records(&["alice"]);
    let vault = world.store().vault();
    world
        .store()
        .erase_subject(&world.erasure("alice"))
        .unwrap();
    let reserved = world.scope::<Write>("alice");
    assert!(reserved.is_reserved());
    let other = world.scope::<Write>("alice");
    vault.commit(&other, vec![plain(1, 1, "tea")]).unwrap();
    world
        .store()
        .erase_subject(&world.erasure("alice"))
        .unwrap();
    assert!(matches!(
        vault.commit(&reserved, vec![plain(2, 1, "tea")]),
        Err(Error::Void)
    ));
    assert!(!world.file_of(&reserved).exists());
    assert!(world.all("alice").unwrap().is_empty());
}

#[test]
fn whoever_writes_during_an_erase_is_refused_or_erased() {
    let world = with_records(&["alice"]);
    let vault = world.store().vault();
    let scope = world.scope::<Write>("alice");
    let erasure = world.erasure("alice");
    std::thread::scope(|threads| {
        for writer in 1..9_u128 {
            let scope = scope.narrow::<Write>();
            threads.spawn(move || {
                for number in 0..200 {
                    match vault.commit(&scope, vec![plain(writer << 32 | number, 1, "tea")]) {
                        Ok(_) => {}
                        Err(Error::Void) => return,
                        Err(error) => panic!("{error:?}"),
                    }
                }
            });
        }
        threads.spawn(|| world.store().erase_subject(&erasure).unwrap());
    });
    assert!(!world.file_of(&scope).exists());
    assert!(world.all("alice").unwrap().is_empty());
    assert!(matches!(vault.head(&scope.narrow()), Err(Error::Void)));
}

#[test]
fn nobody_is_erased_twice() {
    let world = with_records(&["alice"]);
    world
        .store()
        .erase_subject(&world.erasure("alice"))
        .unwrap();
    let again = world.store().erase_subject(&world.erasure("alice"));
    assert!(matches!(again, Err(Error::NotFound)));
    let unknown = world.store().erase_subject(&world.erasure("nobody"));
    assert!(matches!(unknown, Err(Error::NotFound)));
    let subject = anchorhold_identity::Subject::User(user("alice"));
    assert_eq!(subject, *world.erasure("alice").subject());
}

#[test]
fn a_dropped_namespace_is_gone_and_its_name_is_free() {
    let mut world = world();
    world.namespace_create("org/acme");
    let scope = world.named::<Admin>("org/acme");
    assert!(world.file_of(&scope).exists());
    let vault = world.store().vault();
    assert_eq!(vault.head(&scope.narrow()).unwrap().sequence, 0);
    vault
        .commit(&scope.narrow(), vec![plain(1, 1, "tea")])
        .unwrap();
    let shredded = world.store().namespace_drop(&scope).unwrap();
    assert_eq!((shredded.namespaces, shredded.records), (1, 1));
    assert!(shredded.key_ids[0].starts_with("nsk_"));
    assert!(!world.file_of(&scope).exists());
    world.namespace_create("org/acme");
    world.reopen();
    let new = world.named::<Read>("org/acme");
    assert_ne!(new.namespace(), scope.namespace());
    assert_eq!(world.store().vault().head(&new).unwrap().sequence, 0);
}

#[test]
fn a_closed_namespace_is_counted_and_erased_too() {
    let mut world = with_records(&["alice"]);
    world.reopen();
    let shredded = world
        .store()
        .erase_subject(&world.erasure("alice"))
        .unwrap();
    assert_eq!(shredded.records, 10);
    assert!(!world.all("alice").unwrap().contains_key(&id(1)));
}
