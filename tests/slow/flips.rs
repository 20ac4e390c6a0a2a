//! Bytes flipped all over a small installation: right data or a typed error, never wrong data, and
//! damage to one namespace's file stays with that namespace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::house::{House, Plot, restore};

const USERS: [&str; 3] = ["alice", "bob", "carol"];
const POSITIONS: usize = 1_000;

/// Every file gets as many, if it has as many bytes.
const POSITIONS_PER_FILE_MIN: usize = 40;

type States = BTreeMap<&'static str, Vec<Vec<String>>>;

/// What a user's memory was after each commit, newest last, and whose file is whose.
struct Past {
    states: States,
    files: BTreeMap<&'static str, PathBuf>,
}

#[derive(Default, Debug)]
struct Tally {
    right: u64,
    refused: u64,
    not_opened: u64,
    rolled_back: u64,
}

/// How the server ended that has left the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It was asked to.
    Graceful,
    /// At any moment: all that was acknowledged is there, much of it in logs.
    Crash,
}

/// A few lives, and the files they leave.
fn live(plot: &Plot, end: End) -> (Past, Vec<(PathBuf, Vec<u8>)>) {
    let house = plot.open(64).unwrap();
    let mut past = Past {
        states: States::new(),
        files: BTreeMap::new(),
    };
    for user in USERS {
        // Before its first memory everybody's is empty.
        let mut states = vec![Vec::new()];
        let mut last = None;
        for number in 0..4 {
            last = Some(house.keep(user, &format!("note {number} of {user}")));
            states.push(house.list(user).unwrap());
        }
        house.delete(user, last.unwrap());
        states.push(house.list(user).unwrap());
        past.states.insert(user, states);
        let is_new = |path: &PathBuf| {
            path.extension().is_some_and(|ending| ending == "db")
                && !past.files.values().any(|known| known == path)
        };
        let files = crate::process::files_below(&plot.data().join("namespaces"));
        past.files
            .insert(user, files.into_iter().find(is_new).unwrap());
    }
    let crashed = plot.snapshot();
    house.close();
    if end == End::Crash {
        restore(&plot.data(), &crashed);
    }
    (past, plot.snapshot())
}

/// Spread evenly over a file.
fn positions(length: usize, total: usize) -> Vec<usize> {
    let share = (POSITIONS * length / total)
        .max(POSITIONS_PER_FILE_MIN)
        .min(length);
    (0..share).map(|index| index * length / share).collect()
}

/// Looks at everybody after one byte of `file` has changed.
fn look(house: &House, past: &Past, file: &Path, tally: &mut Tally) {
    for user in USERS {
        let own = &past.files[user];
        let is_own = file == own || file == own.with_extension("db-wal");
        let is_shared = !file.starts_with(own.parent().unwrap().parent().unwrap());
        let states = &past.states[user];
        match house.list(user) {
            Ok(found) if Some(&found) == states.last() => {
                tally.right += 1;
                let recalled = house.recall(user, "note").unwrap();
                assert!(
                    recalled.iter().all(|text| found.contains(text)),
                    "{recalled:?}"
                );
            }
            Ok(found) => {
                // A log ends at the first frame that does not fit, as it must after a torn write:
                // what is left is a state that was committed.
                let is_log = file.extension().is_some_and(|ending| ending == "db-wal");
                assert!(
                    is_log && (is_own || is_shared),
                    "{user} was shown {found:?}"
                );
                assert!(
                    states.contains(&found),
                    "{user} never kept exactly {found:?}"
                );
                tally.rolled_back += 1;
            }
            Err(error) => {
                assert!(is_own || is_shared, "{user} has no part in it: {error:?}");
                tally.refused += 1;
            }
        }
    }
}

#[test]
fn a_thousand_flipped_bytes_after_a_stop_give_right_data_or_an_error_and_stay_where_they_are() {
    flip_all_over(End::Graceful);
}

#[test]
fn a_thousand_flipped_bytes_after_a_crash_give_right_data_or_an_error_and_stay_where_they_are() {
    flip_all_over(End::Crash);
}

fn flip_all_over(end: End) {
    let plot = Plot::new();
    let (past, whole) = live(&plot, end);
    let total: usize = whole.iter().map(|(_, content)| content.len()).sum();
    let mut flips = 0;
    for (file, content) in &whole {
        let name = file
            .strip_prefix(plot.data())
            .unwrap()
            .display()
            .to_string();
        let is_namespace = name.starts_with("namespaces");
        let mut tally = Tally::default();
        for position in positions(content.len(), total) {
            let mut changed = content.clone();
            changed[position] ^= 1 << (position % 8);
            std::fs::write(file, changed).unwrap();
            flips += 1;
            match plot.open(64) {
                Ok(house) => {
                    look(&house, &past, file, &mut tally);
                    house.close();
                }
                Err(error) => {
                    assert!(
                        !is_namespace,
                        "byte {position} of {name} closes the house: {error}"
                    );
                    tally.not_opened += 1;
                }
            }
            let is_gone = past.files.values().any(|namespace| !namespace.exists());
            assert!(!is_gone, "byte {position} of {name} cost a namespace");
            restore(&plot.data(), &whole);
        }
        eprintln!("{name} ({} bytes): {tally:?}", content.len());
    }
    eprintln!("{end:?}: {flips} flips over {total} bytes");
    assert!(flips >= POSITIONS, "{flips} flips");
    let house = plot.open(64).unwrap();
    for user in USERS {
        assert_eq!(
            &house.list(user).unwrap(),
            past.states[user].last().unwrap()
        );
    }
}
