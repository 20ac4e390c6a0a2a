//! What every backend promises. To add a backend: call [`suite`] with a way to make an empty one.

use std::sync::Arc;

use anchorhold_identity::{Erase, Scope};

use super::{Backend, EpochRow, Head, StateRow};
use crate::support::{World, id, world};
use crate::{Error, Kind, Sealed};

#[test]
fn sqlite_keeps_the_contract() {
    let world = world();
    let directory = world.directory.path().join("contract");
    suite(&world, &Backend::sqlite(&directory).unwrap());
}

fn suite(world: &World, backend: &Backend) {
    a_new_namespace_holds_its_first_state_and_nothing_else(world, backend);
    what_is_committed_is_there_and_what_is_rolled_back_is_not(world, backend);
    a_part_is_undone_without_the_rest(world, backend);
    an_id_is_taken_once(world, backend);
    what_is_deleted_is_gone(world, backend);
    epochs_come_and_go(world, backend);
    the_scope_of_another_namespace_reaches_nothing(world, backend);
    a_missing_namespace_is_an_error_and_stays_missing(world, backend);
    a_checkpoint_empties_the_log_and_changes_nothing(world, backend);
    a_removed_namespace_leaves_nothing(world, backend);
}

fn state(sequence: u64) -> StateRow {
    StateRow {
        head: Head {
            sequence,
            generation: 0,
        },
        sealed: vec![7; 40],
    }
}

fn sealed(number: u128, version: u64, byte: u8) -> Sealed {
    Sealed {
        id: id(number),
        version,
        kind: Kind::Memory,
        key_epoch: 1,
        bytes: Arc::from(vec![byte; 900]),
    }
}

fn made(world: &World, backend: &Backend, user: &str) -> Scope<Erase> {
    let scope = world.scope::<Erase>(user);
    backend.create(scope.namespace(), &state(0)).unwrap();
    scope
}

fn all(session: &super::Session, scope: &Scope<Erase>) -> Vec<Sealed> {
    let mut found = Vec::new();
    session
        .scan(&scope.narrow(), &mut |sealed| {
            found.push(sealed);
            Ok(())
        })
        .unwrap();
    found
}

fn a_new_namespace_holds_its_first_state_and_nothing_else(world: &World, backend: &Backend) {
    let scope = made(world, backend, "new");
    let session = backend.open(&scope.narrow()).unwrap();
    assert_eq!(session.meta(&scope.narrow()).unwrap(), (state(0), vec![]));
    assert!(all(&session, &scope).is_empty());
}

fn what_is_committed_is_there_and_what_is_rolled_back_is_not(world: &World, backend: &Backend) {
    let scope = made(world, backend, "committed");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    assert!(
        session
            .insert(&scope.narrow(), 1, &sealed(1, 1, 1))
            .unwrap()
    );
    session.state_write(&scope.narrow(), &state(1)).unwrap();
    session.commit().unwrap();
    session.begin().unwrap();
    session
        .replace(&scope.narrow(), 2, &sealed(1, 2, 2))
        .unwrap();
    session.state_write(&scope.narrow(), &state(2)).unwrap();
    session.rollback().unwrap();
    drop(session);
    let session = backend.open(&scope.narrow()).unwrap();
    assert_eq!(session.meta(&scope.narrow()).unwrap().0, state(1));
    assert_eq!(all(&session, &scope), [sealed(1, 1, 1)]);
    assert_eq!(
        session.find(&scope.narrow(), id(1)).unwrap(),
        Some(sealed(1, 1, 1))
    );
    assert_eq!(session.find(&scope.narrow(), id(2)).unwrap(), None);
}

fn a_part_is_undone_without_the_rest(world: &World, backend: &Backend) {
    let scope = made(world, backend, "parts");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    for number in 1..=3 {
        session.part_begin().unwrap();
        session
            .insert(&scope.narrow(), 1, &sealed(number, 1, 1))
            .unwrap();
        if number == 2 {
            session.part_undo().unwrap();
        } else {
            session.part_keep().unwrap();
        }
    }
    session.commit().unwrap();
    assert_eq!(all(&session, &scope), [sealed(1, 1, 1), sealed(3, 1, 1)]);
}

fn an_id_is_taken_once(world: &World, backend: &Backend) {
    let scope = made(world, backend, "ids");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    assert!(
        session
            .insert(&scope.narrow(), 1, &sealed(1, 1, 1))
            .unwrap()
    );
    assert!(
        !session
            .insert(&scope.narrow(), 2, &sealed(1, 1, 2))
            .unwrap()
    );
    assert!(
        session
            .replace(&scope.narrow(), 2, &sealed(9, 2, 2))
            .is_err()
    );
    session.commit().unwrap();
    assert_eq!(all(&session, &scope), [sealed(1, 1, 1)]);
}

fn what_is_deleted_is_gone(world: &World, backend: &Backend) {
    let scope = made(world, backend, "deleted");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    session
        .insert(&scope.narrow(), 1, &sealed(1, 1, 1))
        .unwrap();
    session.delete(&scope, id(1)).unwrap();
    assert!(session.delete(&scope, id(1)).is_err());
    session.commit().unwrap();
    assert!(all(&session, &scope).is_empty());
}

fn epochs_come_and_go(world: &World, backend: &Backend) {
    let scope = made(world, backend, "epochs");
    let session = backend.open(&scope.narrow()).unwrap();
    let epoch = |number| EpochRow {
        number,
        salt: [1; 32],
        commitment: [2; 32],
    };
    session.begin().unwrap();
    session.epoch_add(&scope.narrow(), &epoch(1)).unwrap();
    session.epoch_add(&scope.narrow(), &epoch(2)).unwrap();
    session.epoch_remove(&scope.narrow(), 1).unwrap();
    session
        .insert(&scope.narrow(), 1, &sealed(1, 1, 1))
        .unwrap();
    let again = Sealed {
        key_epoch: 2,
        ..sealed(1, 1, 9)
    };
    session.reseal(&scope.narrow(), &again).unwrap();
    session.commit().unwrap();
    assert_eq!(session.meta(&scope.narrow()).unwrap().1, [epoch(2)]);
    assert_eq!(all(&session, &scope), [again]);
}

fn the_scope_of_another_namespace_reaches_nothing(world: &World, backend: &Backend) {
    let scope = made(world, backend, "mine");
    let other = world.scope::<Erase>("other");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    let record = sealed(1, 1, 1);
    let refused = [
        session.meta(&other.narrow()).map(drop),
        session.find(&other.narrow(), id(1)).map(drop),
        session.scan(&other.narrow(), &mut |_| Ok(())),
        session.insert(&other.narrow(), 1, &record).map(drop),
        session.replace(&other.narrow(), 1, &record),
        session.reseal(&other.narrow(), &record),
        session.delete(&other, id(1)),
        session.state_write(&other.narrow(), &state(1)),
        session.epoch_remove(&other.narrow(), 1),
    ];
    for refusal in refused {
        assert!(matches!(refusal, Err(Error::Void)));
    }
    session.rollback().unwrap();
}

fn a_missing_namespace_is_an_error_and_stays_missing(world: &World, backend: &Backend) {
    let scope = world.scope::<Erase>("missing");
    for _ in 0..2 {
        let missing = backend.open(&scope.narrow());
        assert!(matches!(missing, Err(Error::Tampered { .. })));
    }
}

fn a_checkpoint_empties_the_log_and_changes_nothing(world: &World, backend: &Backend) {
    let scope = made(world, backend, "log");
    let session = backend.open(&scope.narrow()).unwrap();
    for number in 1..=5 {
        session.begin().unwrap();
        session
            .insert(&scope.narrow(), 1, &sealed(number, 1, 1))
            .unwrap();
        session.commit().unwrap();
        if number == 3 {
            assert!(session.log_bytes() > 0);
            session.checkpoint().unwrap();
            assert_eq!(session.log_bytes(), 0);
        }
    }
    drop(session);
    backend.checkpoint(scope.namespace()).unwrap();
    let session = backend.open(&scope.narrow()).unwrap();
    assert_eq!(session.log_bytes(), 0);
    assert_eq!(all(&session, &scope).len(), 5);
}

fn a_removed_namespace_leaves_nothing(world: &World, backend: &Backend) {
    let scope = made(world, backend, "removed");
    let is_left = |backend: &Backend| {
        let left = backend.leftovers().unwrap();
        left.iter().any(|left| left.namespace == scope.namespace())
    };
    assert!(is_left(backend));
    backend.remove(scope.namespace()).unwrap();
    backend.remove(scope.namespace()).unwrap();
    assert!(!is_left(backend));
    assert!(backend.open(&scope.narrow()).is_err());
}
