//! Everything that can say who a user is, at each door, with each strategy in each mode: where it leads,
//! or how it is refused. One table, made by asking a server.

mod house;
mod rows;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anchorhold_identity::SystemAuthority;
use anchorhold_model::limits::NAMESPACE_IDLE_SECONDS;

use house::{Door, House};
use rows::{Row, Sender, Source, rows};

const STRATEGIES: [&str; 4] = ["user", "session", "custom", "none"];
/// The strictest first.
const MODES: [&str; 4] = ["strict", "required", "quarantine", "legacy"];

/// What became of a request: by strategy, row and mode.
type Cells = BTreeMap<(&'static str, Row, usize), String>;

/// Asks everything at a door.
fn asked(door: Door) -> Cells {
    let house = House::new(door);
    let mut cells = Cells::new();
    for strategy in STRATEGIES {
        for (number, mode) in MODES.into_iter().enumerate() {
            house.demand(mode, strategy);
            house.each(&rows(door), |row| {
                let outcome = house.outcome(row);
                cells.insert((strategy, *row, number), outcome);
            });
        }
    }
    cells
}

fn table(door: Door, cells: &Cells) -> String {
    let mut table = String::new();
    for strategy in STRATEGIES {
        writeln!(table, "\n{door:?}, strategy {strategy}").unwrap();
        for row in rows(door) {
            write!(table, "  {row:<47}").unwrap();
            for mode in 0..MODES.len() {
                write!(table, " {:<27}", cells[&(strategy, row, mode)]).unwrap();
            }
            table.truncate(table.trim_end().len());
            table.push('\n');
        }
    }
    table
}

#[test]
fn every_proof_at_every_door_leads_where_the_table_says() {
    let doors = [Door::Key, Door::NoKey, Door::RequiredAtLeast];
    let cells = std::thread::scope(|threads| {
        let asking = doors.map(|door| threads.spawn(move || asked(door)));
        asking.map(|door| door.join().unwrap())
    });
    let tables = doors.iter().zip(&cells);
    let tables: Vec<String> = tables.map(|(door, cells)| table(*door, cells)).collect();
    insta::assert_snapshot!(format!("modes: {}\n{}", MODES.join(", "), tables.concat()));
    // A door that demands more is as if the tenant did, and never makes a tenant laxer.
    let [by_key, without, at_least] = cells;
    assert_eq!(by_key.len(), at_least.len());
    for ((strategy, row, mode), cell) in &at_least {
        let stricter = (*mode).min(1);
        let expected = &by_key[&(*strategy, *row, stricter)];
        assert_eq!(cell, expected, "{strategy} {row} {}", MODES[*mode]);
    }
    // Whoever shows no key is who a key without any right would be.
    for (cell, outcome) in &without {
        assert_eq!(outcome, &by_key[cell], "{cell:?}");
    }
}

/// P5: what is refused in `strict` opens no namespace and asks for no key of one; it is refused in the
/// same way where not one of those files is there.
#[test]
fn what_strict_refuses_opens_no_namespace_and_no_key_of_one() {
    let house = House::new(Door::Key);
    let authority = std::iter::repeat_with(SystemAuthority::claim).find_map(|claim| claim);
    let chores = house.server.engine.chores(authority.unwrap());
    let namespaces = house.server.data().join("namespaces");
    let away = house.server.data().join("away");
    let mut refused = 0;
    for strategy in STRATEGIES {
        house.demand("strict", strategy);
        // Whom the requests are about has kept something, as far as anybody can prove to be them.
        let mut cells = Vec::new();
        house.each(&rows(Door::Key), |row| {
            cells.push((*row, house.outcome(row)));
        });
        // Two rounds: what was used since the round before is let go of by the next.
        for _ in 0..2 {
            house
                .server
                .clock
                .advance_seconds(NAMESPACE_IDLE_SECONDS.cast_signed());
            chores.tick().unwrap();
        }
        let keys = keyring(&house.server.data());
        std::fs::rename(&namespaces, &away).unwrap();
        house.each(&rows(Door::Key), |row| {
            let (_, before) = cells.iter().find(|(known, _)| known == row).unwrap();
            if before.starts_with('4') {
                assert_eq!(house.outcome(row), *before, "{strategy} {row}");
                assert_eq!(house.reading(row), *before, "{strategy} {row}");
                refused += 1;
            }
        });
        assert!(!namespaces.exists(), "a refusal made a file");
        std::fs::rename(&away, &namespaces).unwrap();
        assert_eq!(keyring(&house.server.data()), keys);
        house
            .server
            .clock
            .advance_seconds(NAMESPACE_IDLE_SECONDS.cast_signed());
        assert_eq!(
            chores.tick().unwrap().closed,
            0,
            "a refusal opened a namespace"
        );
    }
    assert!(refused > 100, "{refused}");
    // Whoever is let in needs those files, so a refusal that looked for one would have failed too.
    std::fs::rename(&namespaces, &away).unwrap();
    let let_in = Row {
        source: Source::KeyOfUser,
        sender: Sender::Anybody,
    };
    assert!(house.reading(&let_in).starts_with('5'));
}

/// The bytes of the keyring and of its log.
fn keyring(data: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let of_keyring = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("keyring") && !name.ends_with("-shm")
    };
    let mut files: Vec<PathBuf> = files.filter(of_keyring).collect();
    files.sort();
    assert!(!files.is_empty(), "the keyring lies elsewhere");
    let read = |path: PathBuf| (path.clone(), std::fs::read(path).unwrap());
    files.into_iter().map(read).collect()
}
