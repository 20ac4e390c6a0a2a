//! Turned bits in every file: a survey tells them, or they harm nobody.
#![allow(
    clippy::disallowed_methods,
    reason = "how many bits are turned is said by the environment of the test"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anchorhold_evidence::Proof;
use anchorhold_identity::{Custodian, Write};
use anchorhold_model::{NamespaceId, RecordId};
use anchorhold_store::{Error, Store, Surveyed};

use crate::support::{World, kek};
use crate::survey::{survey_by, tree, two};

type Found = BTreeMap<RecordId, (u64, String)>;

/// How many bits of each file are turned.
fn flips_of_a_file() -> usize {
    let asked = std::env::var("ANCHORHOLD_FLIPS").ok();
    asked.map_or(25, |asked| asked.parse().unwrap())
}

/// A closed store of two people, what each had, and which files are whose.
struct Scene {
    world: World,
    custodian: Custodian,
    keep: Vec<(PathBuf, Vec<u8>)>,
    held: [Found; 2],
    owners: Vec<(PathBuf, NamespaceId)>,
}

impl Scene {
    fn new() -> Self {
        let mut world = two();
        let held = ["alice", "bob"].map(|user| world.all(user).unwrap());
        let owner = |user| {
            let scope = world.scope::<Write>(user);
            (world.file_of(&scope), scope.namespace())
        };
        let owners = vec![owner("alice"), owner("bob")];
        let custodian = world.custodian(world.store());
        world.close();
        let keep = tree(&world);
        Self {
            world,
            custodian,
            keep,
            held,
            owners,
        }
    }

    /// The namespace that a file belongs to.
    fn owner(&self, path: &Path) -> Option<NamespaceId> {
        let is_theirs = |(file, _): &&(PathBuf, NamespaceId)| {
            path == file.as_path() || path == file.with_extension("db-wal")
        };
        self.owners.iter().find(is_theirs).map(|(_, id)| *id)
    }

    /// Whether a survey tells of damage; of another namespace it never does.
    fn is_told(&self, path: &Path) -> bool {
        let (store, found) = match Store::open_to_survey(self.world.options(), &kek(1)) {
            Ok(opened) => opened,
            // The key is refused, which is told too.
            Err(error) => {
                assert!(matches!(error, Error::WrongKey), "{error:?}");
                return true;
            }
        };
        let mut all = store.map_or_else(Surveyed::default, |store| {
            survey_by(&self.custodian, &store)
        });
        all.damage.extend(found);
        for finding in &all.damage {
            let is_right = match self.owner(path) {
                Some(owner) => finding.namespace == Some(owner),
                None => true,
            };
            assert!(is_right, "{}: {finding:?}", path.display());
        }
        !all.damage.is_empty()
    }

    /// Reads everything of a store of which nothing was told. Whether it is as it was; if not, it
    /// is as it was before the last transaction of a log, which a crash may cut off.
    fn is_as_it_was(&mut self, path: &Path) -> bool {
        self.world.reopen();
        let found = ["alice", "bob"].map(|user| self.world.all(user).unwrap());
        self.world.close();
        if found == self.held {
            return true;
        }
        assert!(
            path.to_string_lossy().ends_with("-wal"),
            "{}",
            path.display()
        );
        for (found, held) in found.iter().zip(&self.held) {
            assert!(found.iter().all(|(id, one)| held.get(id) == Some(one)));
            assert!(held.len() - found.len() <= 1, "one commit at most");
        }
        false
    }

    fn put_back(&self) {
        for (path, bytes) in &self.keep {
            if std::fs::read(path).ok().as_ref() != Some(bytes) {
                std::fs::write(path, bytes).unwrap();
            }
        }
    }
}

#[test]
fn every_turned_bit_is_told_or_harms_nobody() {
    let mut proof = Proof::new(
        "verify",
        "A bit that is turned in any file is told by verify, of the right namespace, or what is \
         read stays right.",
        &["P15"],
        "ANCHORHOLD_FLIPS=400 ANCHORHOLD_EVIDENCE=$PWD/docs/evidence/proofs cargo nextest run \
         -p anchorhold-store every_turned_bit_is_told_or_harms_nobody",
    );
    let mut scene = Scene::new();
    let mut seed = anchorhold_evidence::seed(1);
    for (path, original) in scene.keep.clone() {
        for _ in 0..flips_of_a_file().min(original.len()) {
            // Knuth's multiplier: the high bits are fit to choose places.
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let position = usize::try_from(seed >> 33).unwrap() % original.len();
            let mut changed = original.clone();
            changed[position] ^= 1 << ((seed >> 29) % 8);
            std::fs::write(&path, changed).unwrap();
            proof.count("bits turned", 1);
            if scene.is_told(&path) {
                proof.count("told", 1);
            } else if scene.is_as_it_was(&path) {
                proof.count("harmless", 1);
            } else {
                proof.count("last transaction of a log gone, as after a crash", 1);
            }
            scene.put_back();
        }
    }
    proof.violation("wrong data", 0);
    proof.violation("told of another namespace", 0);
    proof.write().unwrap();
    assert!(proof.counts["told"] > 20, "{:?}", proof.counts);
}

/// As one turned bit may have it; every statement that names the column then fails.
#[test]
fn a_column_that_is_called_otherwise_is_told() {
    let scene = Scene::new();
    let path = scene.world.data().join("catalogue.db");
    let catalogue = rusqlite::Connection::open(&path).unwrap();
    catalogue
        .execute_batch("ALTER TABLE row RENAME COLUMN created_at TO greated_at")
        .unwrap();
    drop(catalogue);
    assert!(scene.is_told(&path));
}
