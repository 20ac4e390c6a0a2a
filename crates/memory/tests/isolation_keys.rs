//! Ten thousand keys that an application could choose, most of them hostile: each that is taken has
//! a namespace of its own, no file is called after one, and the others are refused by their code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anchorhold_evidence::{Proof, seed};
use anchorhold_identity::{Missing, Read, Scope, Write};
use anchorhold_model::{NamespaceId, Part};

use crate::support::{Person, World};

const KEYS: usize = 10_000;
/// Keys that get a file too.
const KEPT: usize = 300;

/// What has led out of a directory, ended a name, or looked like another name somewhere.
const PIECES: [&str; 48] = [
    "alice",
    "Alice",
    "ALICE",
    "bob",
    "shared",
    "default",
    "org",
    "acme",
    "..",
    "../",
    "../..",
    "/",
    "//",
    "/etc/passwd",
    "\\",
    "..\\",
    "\0",
    "%00",
    "%2f",
    "%2F",
    "%2e%2e",
    "%252f",
    ":",
    "::",
    ";",
    "*",
    "**",
    "~",
    "$HOME",
    "{{user}}",
    ",",
    " ",
    ".",
    ".db",
    "-wal",
    "CON",
    "\u{e9}",
    "e\u{301}",
    "\u{212b}",
    "\u{c5}",
    "\u{131}",
    "\u{df}",
    "\u{202e}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{fe0f}",
    "\u{ff0f}",
];

/// Keys from a seed (SplitMix64), no two alike: one to four pieces, some made long.
fn keys(seed: u64) -> Vec<String> {
    let mut state = seed;
    let mut dice = |end: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    };
    let mut keys: BTreeSet<String> = PIECES.map(str::to_owned).into();
    while keys.len() < KEYS {
        let mut key = String::new();
        for _ in 0..=dice(3) {
            key.push_str(PIECES[dice(PIECES.len())]);
        }
        match dice(12) {
            0 => key = key.to_uppercase(),
            1 => key = key.to_lowercase(),
            2 => key.push(char::from_u32(u32::try_from(dice(0x3000)).unwrap()).unwrap()),
            3 => key = key.repeat(1 + dice(60)),
            4 => key.extend(std::iter::repeat_n(
                'a',
                (256 + dice(2)).saturating_sub(key.len()),
            )),
            _ => {}
        }
        keys.insert(key);
    }
    keys.into_iter().collect()
}

/// The rule of the documents, for a key in a header.
fn expected(key: &str) -> Result<(), &'static str> {
    if key.contains(',') || key.contains("{{") {
        return Err("identity_header_invalid");
    }
    Part::parse(key).map(|_| ()).map_err(|_| "name_invalid")
}

#[test]
fn a2_ten_thousand_keys_are_as_many_namespaces_or_refused_and_no_path_is_made_of_one() {
    let command = "cargo nextest run -p anchorhold-memory ten_thousand_keys";
    let claim = "distinct isolation keys have distinct namespaces, none outside the data directory";
    let mut proof = Proof::new("isolation-keys", claim, &["P4", "P8"], command);
    let world = World::new();
    let application = world.application(&world.tenant("acme"));
    let mut found: BTreeMap<NamespaceId, String> = BTreeMap::new();
    // An id is reserved for as long as a scope lasts that names it.
    let mut taken: Vec<(String, Person, Scope<Write>)> = Vec::new();
    let before = files(world.directory.path());
    let keys = keys(seed(1));
    proof.count("keys", keys.len() as u64);
    for key in keys {
        let person = application.with_header("x-isolation-key", &key);
        let read = world.scope::<Read>(&person, Missing::Empty);
        match (expected(&key), read) {
            (Ok(()), Ok(None)) => {}
            (Err(code), Err(denial)) => {
                assert_eq!(denial.reason.as_str(), code, "{key:?}");
                let write = world.scope::<Write>(&person, Missing::Reserve);
                assert_eq!(write.err().unwrap().reason.as_str(), code);
                proof.count(&format!("refused: {code}"), 1);
                continue;
            }
            (expected, read) => panic!("{key:?}: {expected:?}, {}", read.is_ok()),
        }
        let reserve = || {
            let scope = world.scope::<Write>(&person, Missing::Reserve);
            scope.unwrap().unwrap()
        };
        let scope = reserve();
        let id = scope.namespace();
        assert_eq!(reserve().namespace(), id, "{key:?} has two");
        let other = found.insert(id, key.clone());
        assert_eq!(other, None, "{key:?} meets another key");
        proof.count("taken, each with a namespace of its own", 1);
        taken.push((key, person, scope));
    }
    assert_eq!(files(world.directory.path()), before, "a key made a file");

    // Files for some of all kinds: spread over the order of their bytes.
    let step = taken.len() / KEPT;
    let kept: Vec<_> = taken.iter().step_by(step).take(KEPT).collect();
    for (key, person, reserved) in &kept {
        let memory = world.keep(person, &format!("What belongs to {key}"));
        assert_eq!(memory.facets.version, 1);
        let scope = world
            .scope::<Read>(person, Missing::Empty)
            .unwrap()
            .unwrap();
        assert_eq!(scope.namespace(), reserved.namespace());
    }
    for (key, person, _) in &kept {
        let own = [format!("What belongs to {key}")];
        assert_eq!(world.recall(person, "what belongs"), own, "{key:?}");
    }
    let stores: BTreeSet<String> = files(world.directory.path())
        .into_iter()
        .filter(|path| Path::new(path).extension().is_some_and(|kind| kind == "db"))
        .filter(|path| path.starts_with("namespaces/"))
        .collect();
    let wanted: BTreeSet<String> = kept
        .iter()
        .map(|(_, _, reserved)| path_of(reserved.namespace()))
        .collect();
    assert_eq!(stores, wanted, "a file that no namespace has");
    proof.count(
        "stores on disk, each at the path of its id",
        wanted.len() as u64,
    );
    proof.violation("keys that met", 0);
    proof.violation("files outside, or called after a key", 0);
    proof.write().unwrap();
}

fn path_of(id: NamespaceId) -> String {
    let digits = anchorhold_model::hex(id.as_bytes());
    let first = digits.get(..2).unwrap();
    format!("namespaces/{first}/{digits}.db")
}

/// Every file below a directory but the audit logs, which tell of refusals; by its path from there.
fn files(directory: &Path) -> BTreeSet<String> {
    let mut left = vec![directory.to_path_buf()];
    let mut found = BTreeSet::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            left.extend(entries.map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(directory).unwrap();
            if !name.starts_with("audit") {
                found.insert(name.to_string_lossy().into_owned());
            }
        }
    }
    found
}
