//! What goes back is whole or refused, and a crash leaves the old state or the new one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anchorhold_identity::{Read, Write};
use anchorhold_model::{NamespaceId, RecordId};
use anchorhold_store::{AuditMode, Error, Restored};

use crate::support::{World, files_below, holds, load, plain, world_with};
use crate::survey::survey;

type Found = BTreeMap<RecordId, (u64, String)>;

pub(crate) fn keep(world: &World, user: &str, numbers: std::ops::Range<u128>) {
    let scope = world.scope::<Write>(user);
    for number in numbers {
        let record = plain(number, 1, &format!("{user} {number}"));
        world.store().vault().commit(&scope, vec![record]).unwrap();
    }
}

pub(crate) fn two() -> World {
    let world = world_with(8, AuditMode::Off);
    for user in ["alice", "bob"] {
        keep(&world, user, 0..5);
    }
    world
}

fn namespace(world: &World, user: &str) -> NamespaceId {
    world.scope::<Read>(user).namespace()
}

pub(crate) fn backup(world: &World, user: &str) -> Vec<u8> {
    let custodian = world.custodian(world.store());
    let backup = world.store().backup(&custodian, namespace(world, user));
    backup
        .unwrap()
        .collect::<Result<Vec<_>, _>>()
        .unwrap()
        .concat()
}

/// Takes bytes back in pieces of a size of their own.
pub(crate) fn restore(world: &World, bytes: &[u8], piece: usize) -> Result<Restored, Error> {
    let custodian = world.custodian(world.store());
    let mut restore = world.store().restore()?;
    for piece in bytes.chunks(piece) {
        restore.take(world.store(), &custodian, piece)?;
    }
    restore.finish(world.store())
}

fn tree(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let bytes = |path: PathBuf| (path.clone(), std::fs::read(path).unwrap());
    files_below(directory).into_iter().map(bytes).collect()
}

/// Puts exactly these files below the directory.
fn put(directory: &Path, files: &[(PathBuf, Vec<u8>)]) {
    for path in files_below(directory) {
        std::fs::remove_file(path).unwrap();
    }
    for (path, bytes) in files {
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn what_was_kept_comes_back_and_writes_go_on() {
    let mut world = two();
    let before = world.all("alice").unwrap();
    let kept = backup(&world, "alice");
    keep(&world, "alice", 5..9);
    let old = world.store().vault().head(&world.scope("alice")).unwrap();
    let restored = restore(&world, &kept, 1_000).unwrap();
    assert_eq!(restored.records, 5);
    assert!(restored.head.generation > old.generation);
    assert!(restored.head.sequence > old.sequence);
    assert_eq!(world.all("alice").unwrap(), before);
    keep(&world, "alice", 20..24);
    assert_eq!(world.all("alice").unwrap().len(), 9);
    world.reopen();
    assert_eq!(world.all("alice").unwrap().len(), 9);
    assert_eq!(world.all("bob").unwrap().len(), 5);
    assert_eq!(survey(&world, world.store()).damage, []);
}

#[test]
fn a_container_is_what_its_document_says_and_holds_no_key_and_no_content() {
    let world = two();
    let kept = backup(&world, "alice");
    let scope = world.scope::<Read>("alice");
    let file = std::fs::read(world.file_of(&scope)).unwrap();
    assert_eq!(&kept[..8], b"AHBACKUP");
    assert_eq!(kept[8..12], 1_u32.to_be_bytes());
    let install = std::fs::read_to_string(world.data().join("install.json")).unwrap();
    assert!(install.contains(&anchorhold_model::hex(&kept[12..28])));
    assert_eq!(&kept[28..44], scope.namespace().as_bytes());
    assert_eq!(kept[44..52], 5_u64.to_be_bytes());
    assert_eq!(kept[52..60], 0_u64.to_be_bytes());
    assert_eq!(
        kept[68..76],
        u64::try_from(file.len()).unwrap().to_be_bytes()
    );
    assert_eq!(kept.len(), 92 + file.len() + 16);
    assert_eq!(&kept[92..92 + file.len()], file);
    let path = world.directory.path().join("kept");
    std::fs::write(&path, &kept).unwrap();
    assert!(!holds(&path, b"alice"));
    let keyring = rusqlite::Connection::open(world.data().join("keyring.db")).unwrap();
    let mut statement = keyring.prepare("SELECT wrapped FROM wrapped_key").unwrap();
    let wrapped: Vec<Vec<u8>> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(wrapped.len(), 2);
    for wrapped in wrapped {
        for part in wrapped.chunks_exact(16) {
            assert!(!holds(&path, part));
        }
    }
}

#[test]
fn a_backup_of_an_erased_namespace_is_noise() {
    let world = two();
    let kept = backup(&world, "alice");
    let alice = namespace(&world, "alice");
    world
        .store()
        .erase_subject(&world.erasure("alice"))
        .unwrap();
    assert!(matches!(
        restore(&world, &kept, 4_096),
        Err(Error::NotFound)
    ));
    // Nor into the new life of the same user, which has another key.
    keep(&world, "alice", 0..1);
    assert_ne!(namespace(&world, "alice"), alice);
    let mut forged = kept.clone();
    forged[28..44].copy_from_slice(namespace(&world, "alice").as_bytes());
    assert!(matches!(
        restore(&world, &forged, 4_096),
        Err(Error::Backup { .. })
    ));
    assert_eq!(world.all("alice").unwrap().len(), 1);
    let custodian = world.custodian(world.store());
    assert!(matches!(
        world.store().backup(&custodian, alice),
        Err(Error::NotFound)
    ));
}

#[test]
fn an_erasure_during_a_backup_leaves_no_backup() {
    let world = two();
    let custodian = world.custodian(world.store());
    let begun = world
        .store()
        .backup(&custodian, namespace(&world, "alice"))
        .unwrap();
    world
        .store()
        .erase_subject(&world.erasure("alice"))
        .unwrap();
    let pieces: Vec<_> = begun.collect();
    assert!(matches!(pieces.last(), Some(Err(Error::Void))));
}

#[test]
fn a_backup_of_another_installation_or_namespace_is_refused_and_changes_nothing() {
    let world = two();
    let kept = backup(&world, "alice");
    let before = (world.all("alice").unwrap(), world.all("bob").unwrap());
    let mut of_bob = kept.clone();
    of_bob[28..44].copy_from_slice(namespace(&world, "bob").as_bytes());
    let mut elsewhere = kept.clone();
    elsewhere[12] ^= 1;
    let mut grown = kept.clone();
    grown.push(0);
    for changed in [of_bob, elsewhere, grown, Vec::new(), b"AHBACKUP".to_vec()] {
        let refused = restore(&world, &changed, 4_096);
        assert!(matches!(refused, Err(Error::Backup { .. })), "{refused:?}");
    }
    assert_eq!(
        before,
        (world.all("alice").unwrap(), world.all("bob").unwrap())
    );
    assert!(
        files_below(&world.data())
            .iter()
            .all(|path| !path.to_string_lossy().contains("restore"))
    );
}

#[test]
fn every_changed_byte_and_every_cut_of_a_backup_is_refused_and_changes_nothing() {
    let world = two();
    let kept = backup(&world, "alice");
    keep(&world, "alice", 5..6);
    let before = world.all("alice").unwrap();
    let mut refusals = 0;
    let every = 1.max(kept.len() / 400);
    for position in (0..92)
        .chain((92..kept.len()).step_by(every))
        .chain(kept.len() - 16..kept.len())
    {
        let mut changed = kept.clone();
        changed[position] ^= 1 << (position % 8);
        let refused = restore(&world, &changed, 8_192);
        assert!(
            matches!(refused, Err(Error::Backup { .. } | Error::NotFound)),
            "byte {position}: {refused:?}"
        );
        let cut = restore(&world, &kept[..position], 8_192);
        assert!(
            matches!(cut, Err(Error::Backup { .. })),
            "cut at {position}"
        );
        refusals += 2;
    }
    assert!(refusals > 900, "{refusals}");
    assert_eq!(world.all("alice").unwrap(), before);
    assert_eq!(restore(&world, &kept, 8_192).unwrap().records, 5);
}

#[test]
fn a_damaged_namespace_is_healed_and_a_damaged_one_gives_no_backup() {
    let mut world = two();
    let kept = backup(&world, "alice");
    let before = world.all("alice").unwrap();
    let file = world.file_of(&world.scope::<Read>("alice"));
    for damage in ["record", "missing", "noise"] {
        world.close();
        match damage {
            "record" => {
                let connection = rusqlite::Connection::open(&file).unwrap();
                connection
                    .execute(
                        "UPDATE item SET value = zeroblob(60) WHERE key > 4294967296",
                        [],
                    )
                    .unwrap();
            }
            "missing" => std::fs::remove_file(&file).unwrap(),
            _ => std::fs::write(&file, vec![0x5a; 9_000]).unwrap(),
        }
        world.reopen();
        assert!(world.all("alice").is_err(), "{damage}");
        let custodian = world.custodian(world.store());
        let refused = world.store().backup(&custodian, namespace(&world, "alice"));
        assert!(matches!(refused, Err(Error::Tampered { .. })), "{damage}");
        let restored = restore(&world, &kept, 4_096).unwrap();
        assert!(
            restored.head.generation > 1 << 31 || damage == "record",
            "{damage}: {restored:?}"
        );
        assert_eq!(world.all("alice").unwrap(), before, "{damage}");
        assert_eq!(survey(&world, world.store()).damage, []);
        assert_eq!(world.all("bob").unwrap().len(), 5);
    }
}

#[test]
fn who_holds_the_old_state_is_told_or_served_it_and_never_the_two_mixed() {
    let world = two();
    let scope = world.scope::<Read>("alice");
    let mut old = Vec::new();
    let kept = backup(&world, "alice");
    keep(&world, "alice", 5..8);
    let take = &mut |sealed: &anchorhold_store::Sealed, parts: anchorhold_store::Parts| {
        old.push((sealed.clone(), parts));
        Ok(())
    };
    world.store().vault().load(&scope, take).unwrap();
    restore(&world, &kept, 4_096).unwrap();
    keep(&world, "alice", 5..7);
    for (sealed, parts) in &old {
        match world.store().vault().open(&scope, sealed) {
            Ok(opened) => assert_eq!(opened.content(), parts.content()),
            // Its key epoch is gone: whoever held it reads the namespace again.
            Err(error) => assert!(matches!(error, Error::Conflict), "{error:?}"),
        }
    }
    assert_eq!(load(world.store(), &scope).unwrap().len(), 7);
}

#[test]
fn a_crash_during_a_restore_leaves_the_old_state_or_the_new_one() {
    let mut world = two();
    let shard = |world: &World| world.file_of(&world.scope::<Read>("alice"));
    let kept = backup(&world, "alice");
    keep(&world, "alice", 5..9);
    let file = shard(&world);
    let data = world.data();
    let old = world.all("alice").unwrap();
    world.close();
    let before = tree(&data);
    world.reopen();
    restore(&world, &kept, 4_096).unwrap();
    let new: Found = world.all("alice").unwrap();
    world.close();
    let finished = std::fs::read(&file).unwrap();
    let expect = |world: &mut World, name: &str, bytes: &[u8], log: bool, state: &Found| {
        put(&data, &before);
        if !log {
            std::fs::remove_file(file.with_extension("db-wal")).unwrap();
        }
        std::fs::write(file.with_extension(name), bytes).unwrap();
        world.reopen();
        assert_eq!(&world.all("alice").unwrap(), state, "{name} {log}");
        assert_eq!(world.all("bob").unwrap().len(), 5);
        assert!(!file.with_extension(name).exists());
        assert_eq!(survey(world, world.store()).damage, []);
        keep(world, "alice", 40..41);
        world.close();
    };
    // Cut while it came in, at some of its bytes; whole, and not yet renamed.
    for cut in [0, 1, 4_096, finished.len() / 2, finished.len()] {
        expect(&mut world, "new-restore", &finished[..cut], true, &old);
    }
    // Renamed: the new state, whether the old log is there still or not.
    expect(&mut world, "restored", &finished, true, &new);
    expect(&mut world, "restored", &finished, false, &new);
}
