//! A survey finds what is damaged, says where, and disturbs nobody.

use std::collections::BTreeSet;
use std::path::Path;

use anchorhold_identity::{Custodian, Write};
use anchorhold_store::{
    Act, AuditMode, Error, Finding, Outcome, Role, Step, Store, Surveyed, What,
};

use crate::support::{World, files_below, kek, plain, world_with};

/// All steps of a survey of an open store, put together.
pub(crate) fn survey(world: &World, store: &Store) -> Surveyed {
    survey_by(&world.custodian(store), store)
}

/// The same for a keeper who was known before something was damaged.
pub(crate) fn survey_by(custodian: &Custodian, store: &Store) -> Surveyed {
    let mut all = Surveyed::default();
    let mut next = Some(Step::FIRST);
    while let Some(step) = next {
        let found = store.survey(custodian, step).unwrap();
        all.counts.rows += found.counts.rows;
        all.counts.keys += found.counts.keys;
        all.counts.namespaces += found.counts.namespaces;
        all.counts.records += found.counts.records;
        all.counts.chains += found.counts.chains;
        all.counts.links += found.counts.links;
        all.damage.extend(found.damage);
        all.unfinished.extend(found.unfinished);
        next = found
            .next
            .map(|step| Step::parse(&step.to_string()).unwrap());
    }
    all
}

/// A survey of a closed store, as the command line makes it.
pub(crate) fn survey_closed(world: &World) -> Surveyed {
    let (store, found) = Store::open_to_survey(world.options(), &kek(1)).unwrap();
    let mut all = store.map_or_else(Surveyed::default, |store| survey(world, &store));
    all.damage.extend(found);
    all
}

/// Alice and Bob have some records each, in database and log.
pub(crate) fn two() -> World {
    let world = world_with(8, AuditMode::Required);
    for user in ["alice", "bob"] {
        let scope = world.scope::<Write>(user);
        for number in 0..4 {
            let record = plain(number, 1, &format!("{user} {number}"));
            world.store().vault().commit(&scope, vec![record]).unwrap();
            if number == 1 {
                world.clock.advance(61);
                world.store().vault().checkpoint_due().unwrap();
            }
        }
    }
    world
}

pub(crate) fn tree(world: &World) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    files_below(&world.data())
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

#[test]
fn a_whole_store_has_no_findings_open_or_closed() {
    let mut world = two();
    let open = survey(&world, world.store());
    assert_eq!(
        (open.damage.as_slice(), open.unfinished.as_slice()),
        (&[][..], &[][..])
    );
    assert_eq!((open.counts.namespaces, open.counts.records), (2, 8));
    assert_eq!(open.counts.keys, 2);
    assert!(open.counts.rows >= 8, "{open:?}");
    assert_eq!(open.counts.chains, 2);
    world.close();
    let closed = survey_closed(&world);
    assert_eq!(closed, open);
}

#[test]
fn a_survey_of_a_closed_store_changes_no_byte() {
    let mut world = two();
    world.close();
    let before = tree(&world);
    survey_closed(&world);
    assert_eq!(before, tree(&world));
}

#[test]
fn a_store_that_is_served_is_told_to_be_in_use() {
    let world = two();
    let opened = Store::open_to_survey(world.options(), &kek(1));
    assert!(matches!(opened, Err(Error::InUse)));
}

#[test]
fn the_wrong_key_is_no_finding() {
    let mut world = two();
    world.close();
    let opened = Store::open_to_survey(world.options(), &kek(2));
    assert!(matches!(opened, Err(Error::WrongKey)));
}

/// Changes Alice's file while nobody has it open; what a survey then says.
fn after(change: impl FnOnce(&World, &Path)) -> (World, Surveyed) {
    let mut world = two();
    let file = world.file_of(&world.scope::<Write>("alice"));
    world.close();
    change(&world, &file);
    let found = survey_closed(&world);
    (world, found)
}

fn sql(file: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.execute_batch(statement).unwrap();
}

#[test]
fn what_was_changed_in_a_namespace_is_named_by_its_word_and_nothing_else_is() {
    for (statement, what) in [
        (
            "DELETE FROM record WHERE id = (SELECT min(id) FROM record)",
            What::SetOfRecords,
        ),
        ("UPDATE record SET version = version + 1", What::Record),
        (
            "UPDATE item SET value = zeroblob(40) WHERE key > 4294967296",
            What::Record,
        ),
        (
            "INSERT INTO item (key, value) VALUES (-1, zeroblob(40))",
            What::Extract,
        ),
        ("UPDATE record SET key_epoch = 77", What::KeyEpochs),
        (
            "UPDATE item SET sequence = sequence - 1 WHERE key = 0",
            What::State,
        ),
        (
            "UPDATE item SET value = zeroblob(96) WHERE key = 0",
            What::State,
        ),
        ("DELETE FROM item WHERE key = 0", What::State),
        ("DELETE FROM item WHERE key = 1", What::KeyEpochs),
        (
            "UPDATE item SET value = zeroblob(64) WHERE key = 1",
            What::KeyEpochs,
        ),
        ("PRAGMA user_version = 9", What::Format),
        ("DROP TABLE record", What::Structure),
    ] {
        let (mut world, found) = after(|_, file| sql(file, statement));
        world.reopen();
        let scope = world.scope::<Write>("alice");
        let finding = Finding {
            namespace: Some(scope.namespace()),
            tenant: Some(scope.address().tenant),
            role: Role::NamespaceFile,
            what,
        };
        // The same through the store that serves, which goes on for the others.
        for found in [found, survey(&world, world.store())] {
            let (damage, unfinished) = (found.damage.as_slice(), found.unfinished.as_slice());
            // What can be read from elsewhere is no damage.
            let told = match what {
                What::Extract => (unfinished, damage),
                _ => (damage, unfinished),
            };
            assert_eq!(told, (&[finding][..], &[][..]), "{statement}");
        }
        assert_eq!(world.all("bob").unwrap().len(), 4);
        match world.all("alice") {
            // It costs time and changes nothing.
            Ok(found) => assert!(what == What::Extract && found.len() == 4),
            Err(error) => assert!(matches!(
                error,
                Error::Tampered { .. } | Error::Format { .. }
            )),
        }
    }
}

/// No crash leaves a frame of which only the salts or the mark of its end do not fit, and without
/// the mark two transactions look like one that a crash cut off.
#[test]
fn a_frame_of_a_log_that_is_relabelled_is_told() {
    const FRAME_HEADER: usize = 24;
    let mut world = two();
    let scope = world.scope::<Write>("bob");
    let (database, namespace) = (world.file_of(&scope), scope.namespace());
    world.close();
    let log = database.with_extension("db-wal");
    let whole = std::fs::read(&log).unwrap();
    let page: [u8; 4] = whole[8..12].try_into().unwrap();
    let frame = FRAME_HEADER + usize::try_from(u32::from_be_bytes(page)).unwrap();
    let frames = (32..whole.len()).step_by(frame);
    assert!(frames.len() > 2, "two transactions at least");
    for (number, start) in frames.enumerate() {
        // The mark stands in bytes 4 to 8, the salts in 8 to 16.
        for at in start + 4..start + 16 {
            let mut changed = whole.clone();
            changed[at] ^= 1 << ((at + number) % 8);
            std::fs::write(&log, changed).unwrap();
            let found = survey_closed(&world).damage;
            assert_eq!(found.len(), 1, "byte {at}: {found:?}");
            assert_eq!(found[0].namespace, Some(namespace));
            assert_eq!(found[0].role, Role::NamespaceLog);
        }
    }
}

#[test]
fn missing_files_missing_keys_and_swapped_files_are_told_of_whom_they_are() {
    let whats = |found: &Surveyed| -> BTreeSet<(Role, What)> {
        found
            .damage
            .iter()
            .map(|one| (one.role, one.what))
            .collect()
    };
    let (world, found) = after(|_, file| std::fs::remove_file(file).unwrap());
    assert_eq!(
        whats(&found),
        BTreeSet::from([(Role::NamespaceFile, What::Missing)])
    );
    drop(world);
    let (world, found) = after(|world, _| {
        sql(&world.data().join("keyring.db"), "DELETE FROM wrapped_key");
    });
    assert_eq!(
        whats(&found),
        BTreeSet::from([(Role::NamespaceKey, What::Missing)])
    );
    assert_eq!(found.damage.len(), 2);
    drop(world);
    let (_world, found) = after(|world, file| {
        let all = world.data().join("namespaces");
        let is_other = |path: &std::path::PathBuf| {
            path != file && path.extension().is_some_and(|ending| ending == "db")
        };
        let other = files_below(&all).into_iter().find(is_other).unwrap();
        // Pages in a log would lie over those of the other's file.
        for file in [file, other.as_path()] {
            sql(file, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        let held = std::fs::read(file).unwrap();
        std::fs::copy(&other, file).unwrap();
        std::fs::write(&other, held).unwrap();
    });
    assert_eq!(
        whats(&found),
        BTreeSet::from([(Role::NamespaceFile, What::State)])
    );
    assert_eq!(found.damage.len(), 2);
}

#[test]
fn a_file_that_the_catalogue_does_not_know_is_told_and_stays() {
    let mut world = two();
    world.close();
    let keep = tree(&world);
    world.reopen();
    let scope = world.scope::<Write>("carol");
    world
        .store()
        .vault()
        .commit(&scope, vec![plain(1, 1, "tea")])
        .unwrap();
    world.close();
    for (path, bytes) in keep {
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("catalogue"))
        {
            std::fs::write(path, bytes).unwrap();
        }
    }
    let found = survey_closed(&world);
    let whats: Vec<_> = found
        .damage
        .iter()
        .map(|one| (one.namespace, one.what))
        .collect();
    assert_eq!(whats, [(Some(scope.namespace()), What::Unclaimed)]);
    assert!(world.file_of(&scope).exists());
}

#[test]
fn a_half_finished_erasure_is_told_and_finished_on_request() {
    let mut world = two();
    let file = world.file_of(&world.scope::<Write>("alice"));
    let alice = world.scope::<Write>("alice").namespace();
    // The log cannot be unlinked, so the erasure stops half way.
    let log = file.with_extension("db-wal");
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    let erased = world.store().erase_subject(&world.erasure("alice"));
    assert!(erased.is_err());
    let halves = |found: &Surveyed| -> Vec<_> {
        assert_eq!(found.damage, []);
        let unfinished = found.unfinished.iter();
        unfinished.map(|one| (one.namespace, one.what)).collect()
    };
    let half = (Some(alice), What::HalfErased);
    assert_eq!(halves(&survey(&world, world.store())), [half]);
    std::fs::remove_dir(&log).unwrap();
    let custodian = world.custodian(world.store());
    let finished = world.store().mend(&custodian).unwrap();
    assert_eq!(finished.len(), 1);
    assert_eq!(halves(&survey(&world, world.store())), []);
    world.close();
    assert_eq!(halves(&survey_closed(&world)), []);
}

#[test]
fn every_changed_link_of_an_audit_chain_is_told_of_its_tenant_alone() {
    let mut world = two();
    let scope = world.scope::<Write>("alice");
    let tenant = scope.address().tenant;
    for _ in 0..6 {
        let act = Act {
            actor: scope.actor(),
            verb: "remember",
            namespace: Some(scope.namespace()),
            records: 1,
        };
        let intent = world.store().audit().intent(&act).unwrap();
        world
            .store()
            .audit()
            .outcome(intent, Outcome::Done)
            .unwrap();
    }
    world.close();
    let name = format!("audit/{}.log", anchorhold_model::hex(tenant.as_bytes()));
    let log = world.data().join(name);
    let original = std::fs::read(&log).unwrap();
    let mut told = 0;
    for position in (0..original.len()).step_by(7) {
        let mut changed = original.clone();
        changed[position] ^= 0x40;
        std::fs::write(&log, &changed).unwrap();
        let found = survey_closed(&world);
        let finding = Finding {
            namespace: None,
            tenant: Some(tenant),
            role: Role::AuditChain,
            what: What::Link,
        };
        assert_eq!(found.damage, [finding], "byte {position}");
        told += 1;
    }
    assert!(told > 100);
    std::fs::write(&log, &original).unwrap();
    assert_eq!(survey_closed(&world).damage, []);
}
