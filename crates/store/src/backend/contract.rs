//! What every backend promises. To add a backend: call [`suite`] with a way to make an empty one.

use std::sync::Arc;

use anchorhold_identity::{Erase, Scope};

use super::{Backend, EpochRow, ExtractRow, Head, RecordRow, StateRow};
use crate::files::Removed;
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
    a_span_is_given_in_the_order_of_writing(world, backend);
    epochs_come_and_go(world, backend);
    extracts_come_and_go(world, backend);
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

/// The row of the same record.
fn row(number: u128, sequence: u64, version: u64, byte: u8) -> RecordRow {
    RecordRow::of(&sealed(number, version, byte), sequence)
}

fn extract(number: u64, byte: u8) -> ExtractRow {
    let sealed = vec![byte; 9_000];
    ExtractRow { number, sealed }
}

fn made(world: &World, backend: &Backend, user: &str) -> Scope<Erase> {
    let scope = world.scope::<Erase>(user);
    backend.create(scope.namespace(), &state(0)).unwrap();
    scope
}

fn all(session: &super::Session, scope: &Scope<Erase>) -> Vec<Sealed> {
    let rows = session.rows(&scope.narrow()).unwrap().into_iter();
    rows.map(|row| session.body(&scope.narrow(), &row).unwrap())
        .collect()
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
        .replace(&scope.narrow(), &row(1, 1, 1, 1), 2, &sealed(1, 2, 2))
        .unwrap();
    session.state_write(&scope.narrow(), &state(2)).unwrap();
    session.rollback().unwrap();
    drop(session);
    let session = backend.open(&scope.narrow()).unwrap();
    assert_eq!(session.meta(&scope.narrow()).unwrap().0, state(1));
    assert_eq!(all(&session, &scope), [sealed(1, 1, 1)]);
    assert_eq!(
        session.row(&scope.narrow(), id(1)).unwrap(),
        Some(row(1, 1, 1, 1))
    );
    assert_eq!(session.row(&scope.narrow(), id(2)).unwrap(), None);
}

fn a_part_is_undone_without_the_rest(world: &World, backend: &Backend) {
    let scope = made(world, backend, "parts");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    for number in 1..=3 {
        session.part_begin().unwrap();
        session
            .insert(
                &scope.narrow(),
                u64::try_from(number).unwrap(),
                &sealed(number, 1, 1),
            )
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
            .replace(&scope.narrow(), &row(9, 1, 1, 1), 2, &sealed(9, 2, 2))
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
    session.delete(&scope, &row(1, 1, 1, 1)).unwrap();
    assert!(session.delete(&scope, &row(1, 1, 1, 1)).is_err());
    session.commit().unwrap();
    assert!(all(&session, &scope).is_empty());
    assert!(session.body(&scope.narrow(), &row(1, 1, 1, 1)).is_err());
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
    session
        .reseal(&scope.narrow(), &row(1, 1, 1, 1), &again)
        .unwrap();
    session.commit().unwrap();
    assert_eq!(session.meta(&scope.narrow()).unwrap().1, [epoch(2)]);
    assert_eq!(all(&session, &scope), [again]);
}

fn a_span_is_given_in_the_order_of_writing(world: &World, backend: &Backend) {
    let scope = made(world, backend, "spans");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    for sequence in 1..=9 {
        let number = u128::from(100 - sequence);
        let record = sealed(number, 1, 1);
        session.insert(&scope.narrow(), sequence, &record).unwrap();
    }
    session.delete(&scope, &row(96, 4, 1, 1)).unwrap();
    session.commit().unwrap();
    let span = session.span(&scope.narrow(), 3, 6).unwrap();
    let expected = [3, 5, 6].map(|sequence| row(u128::from(100 - sequence), sequence, 1, 1));
    assert_eq!(span, expected);
}

fn extracts_come_and_go(world: &World, backend: &Backend) {
    let scope = made(world, backend, "extracts");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    for number in 1..=3 {
        let written = session.extract_write(&scope.narrow(), &extract(number, 1));
        written.unwrap();
    }
    session
        .extract_write(&scope.narrow(), &extract(2, 9))
        .unwrap();
    session.extract_remove(&scope.narrow(), 1).unwrap();
    session.commit().unwrap();
    let found = session.extracts(&scope.narrow()).unwrap();
    assert_eq!(found, [extract(2, 9), extract(3, 1)]);
    let one = |number| session.extract(&scope.narrow(), number).unwrap();
    assert_eq!((one(1), one(2)), (None, Some(extract(2, 9))));
    assert_eq!(session.meta(&scope.narrow()).unwrap(), (state(0), vec![]));
}

fn the_scope_of_another_namespace_reaches_nothing(world: &World, backend: &Backend) {
    let scope = made(world, backend, "mine");
    let other = world.scope::<Erase>("other");
    let session = backend.open(&scope.narrow()).unwrap();
    session.begin().unwrap();
    let (record, of_record) = (sealed(1, 1, 1), row(1, 1, 1, 1));
    let refused = [
        session.meta(&other.narrow()).map(drop),
        session.row(&other.narrow(), id(1)).map(drop),
        session.rows(&other.narrow()).map(drop),
        session.body(&other.narrow(), &of_record).map(drop),
        session.span(&other.narrow(), 1, 2).map(drop),
        session.extract(&other.narrow(), 1).map(drop),
        session.extracts(&other.narrow()).map(drop),
        session.insert(&other.narrow(), 1, &record).map(drop),
        session.replace(&other.narrow(), &of_record, 1, &record),
        session.reseal(&other.narrow(), &of_record, &record),
        session.delete(&other, &of_record),
        session.extract_write(&other.narrow(), &extract(1, 1)),
        session.extract_remove(&other.narrow(), 1),
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
            .insert(
                &scope.narrow(),
                u64::try_from(number).unwrap(),
                &sealed(number, 1, 1),
            )
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
    for _ in 0..2 {
        let mut removed = Removed::default();
        backend.remove(scope.namespace(), &mut removed).unwrap();
    }
    assert!(!is_left(backend));
    assert!(backend.open(&scope.narrow()).is_err());
}
