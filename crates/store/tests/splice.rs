//! Whatever is moved, inside a file, between files, between namespaces or between yesterday and
//! today, gives right data or a typed error.

use std::path::{Path, PathBuf};

use anchorhold_evidence::Proof;

use crate::plot::{Files, Plot, Tally, USERS, is_log, log_of};

const BLOCK_BYTES: usize = 4_096;

fn proof(name: &str, claim: &str) -> Proof {
    let command = "cargo test --package anchorhold-store --test main splice::";
    Proof::new(name, claim, &["P9", "P15"], command)
}

fn finish(mut proof: Proof, tally: Tally) {
    for (seen, count) in tally {
        proof.count(&format!("seen {seen:?}"), count);
    }
    for violation in [
        "wrong data",
        "damage to another namespace",
        "namespaces lost",
    ] {
        proof.violation(violation, 0);
    }
    eprintln!("{}: {:?}", proof.name, proof.counts);
    proof.write().unwrap();
}

/// Every block of every file: the file, and where the block begins.
fn blocks(files: &Files) -> Vec<(PathBuf, usize)> {
    let mut blocks = Vec::new();
    for (path, bytes) in files {
        // The blocks of a log stand behind a header of their own, after that of the log.
        let (first, step) = if is_log(path) {
            (32 + 24, BLOCK_BYTES + 24)
        } else {
            (0, BLOCK_BYTES)
        };
        let starts = (first..).step_by(step);
        let whole = starts.take_while(|start| start + BLOCK_BYTES <= bytes.len());
        blocks.extend(whole.map(|start| (path.clone(), start)));
    }
    blocks
}

#[test]
fn any_two_blocks_that_change_places_are_noticed() {
    let mut plot = Plot::new();
    let files = plot.whole().clone();
    let blocks = blocks(&files);
    let mut proof = proof("splice-blocks", "any two blocks of any files change places");
    let mut tally = Tally::new();
    for (number, (path, start)) in blocks.iter().enumerate() {
        for (other, other_start) in &blocks[number + 1..] {
            let range = |start: &usize| *start..start + BLOCK_BYTES;
            let (one, two) = (
                files[path][range(start)].to_vec(),
                files[other][range(other_start)].to_vec(),
            );
            if one == two {
                continue;
            }
            let mut changed = Files::from([
                (path.clone(), files[path].clone()),
                (other.clone(), files[other].clone()),
            ]);
            changed.get_mut(path).unwrap()[range(start)].copy_from_slice(&two);
            changed.get_mut(other).unwrap()[range(other_start)].copy_from_slice(&one);
            plot.look(
                &changed,
                &format!("{path:?} {start} and {other:?} {other_start}"),
                &mut tally,
            );
            proof.count("pairs of blocks", 1);
        }
    }
    finish(proof, tally);
}

#[test]
fn files_that_change_places_are_noticed() {
    let mut plot = Plot::new();
    let files = plot.whole().clone();
    let mut proof = proof("splice-files", "any two files change places");
    let mut tally = Tally::new();
    let paths: Vec<_> = files
        .keys()
        .filter(|path| !path.ends_with("lock"))
        .collect();
    for (number, path) in paths.iter().enumerate() {
        for other in &paths[number + 1..] {
            let changed = Files::from([
                ((*path).clone(), files[*other].clone()),
                ((*other).clone(), files[*path].clone()),
            ]);
            plot.look(&changed, &format!("{path:?} and {other:?}"), &mut tally);
            proof.count("pairs of files", 1);
        }
    }
    for (one, two) in [("alice", "bob"), ("bob", "carol"), ("carol", "alice")] {
        let (one, two) = (plot.databases[one].clone(), plot.databases[two].clone());
        let (one_log, two_log) = (log_of(&one), log_of(&two));
        let swap = [
            (&one, &two),
            (&two, &one),
            (&one_log, &two_log),
            (&two_log, &one_log),
        ];
        let changed = swap.map(|(to, from)| (to.clone(), files[from].clone()));
        plot.look(&changed.into(), "a database with its log", &mut tally);
        proof.count("pairs of databases with their logs", 1);
    }
    finish(proof, tally);
}

/// Runs statements on copies of the databases, with their logs taken in; gives the changed files.
fn altered(plot: &Plot, databases: &[&Path], statements: &str) -> Files {
    let directory = tempfile::tempdir().unwrap();
    let copy = |number: usize, name: &str| directory.path().join(format!("{number}{name}"));
    for (number, path) in databases.iter().enumerate() {
        let log = path.with_extension("db-wal");
        std::fs::write(copy(number, ".db"), &plot.whole()[*path]).unwrap();
        std::fs::write(copy(number, ".db-wal"), &plot.whole()[&log]).unwrap();
    }
    let connection = rusqlite::Connection::open(copy(0, ".db")).unwrap();
    if databases.len() > 1 {
        let other = copy(1, ".db");
        connection
            .execute("ATTACH ?1 AS other", [other.to_str().unwrap()])
            .unwrap();
    }
    connection.execute_batch(statements).unwrap();
    let checkpoint = "PRAGMA main.wal_checkpoint(TRUNCATE); PRAGMA other.wal_checkpoint(TRUNCATE);";
    let checkpoint = if databases.len() > 1 {
        checkpoint
    } else {
        checkpoint.split(';').next().unwrap()
    };
    connection.execute_batch(checkpoint).unwrap();
    drop(connection);
    let mut changed = Files::new();
    for (number, path) in databases.iter().enumerate() {
        changed.insert(
            (*path).to_path_buf(),
            std::fs::read(copy(number, ".db")).unwrap(),
        );
        changed.insert(path.with_extension("db-wal"), Vec::new());
    }
    changed
}

/// Statements that put what stands in the n-th row of one table into the m-th row of another.
fn moved(table: &str, columns: &str, from: (&str, usize), to: (&str, usize)) -> String {
    let key = if table == "item" { "key" } else { "id" };
    let row = |(schema, number): (&str, usize)| {
        format!("(SELECT {key} FROM {schema}.{table} ORDER BY {key} LIMIT 1 OFFSET {number})")
    };
    format!(
        "CREATE TEMP TABLE moving AS SELECT {columns} FROM {}.{table} WHERE {key} = {};
         UPDATE {}.{table} SET ({columns}) = (SELECT {columns} FROM moving) WHERE {key} = {};
         DROP TABLE moving;",
        from.0,
        row(from),
        to.0,
        row(to)
    )
}

#[test]
fn rows_that_are_moved_within_or_between_namespaces_are_noticed() {
    let mut plot = Plot::new();
    let mut proof = proof(
        "splice-rows",
        "rows of records, bodies, states and key epochs are moved",
    );
    let mut tally = Tally::new();
    let columns = [
        ("record", "tag"),
        ("record", "version, kind, key_epoch, tag"),
        ("record", "key_epoch"),
        ("record", "sequence"),
        ("item", "value"),
        ("item", "sequence, generation, value"),
    ];
    for (user, other) in USERS
        .iter()
        .flat_map(|user| USERS.map(|other| (*user, other)))
    {
        let (one, two) = (plot.databases[user].clone(), plot.databases[other].clone());
        let is_same = user == other;
        let databases: &[&Path] = if is_same { &[&one] } else { &[&one, &two] };
        let schema = if is_same { "main" } else { "other" };
        // Everybody has three records; and a state, a key epoch and three bodies at least.
        for (from, to) in (0..5).flat_map(|from| (0..5).map(move |to| (from, to))) {
            for (table, columns) in columns {
                if is_same && from == to || table == "record" && from.max(to) > 2 {
                    continue;
                }
                let statement = moved(table, columns, (schema, from), ("main", to));
                let changed = altered(&plot, databases, &statement);
                plot.look(
                    &changed,
                    &format!("{other} to {user}: {statement}"),
                    &mut tally,
                );
                proof.count("rows moved", 1);
            }
        }
    }
    finish(proof, tally);
}

#[test]
fn wrapped_keys_that_are_moved_are_noticed() {
    let mut plot = Plot::new();
    let mut proof = proof("splice-keys", "rows of the keyring are moved");
    let mut tally = Tally::new();
    let keyring = plot.world.data().join("keyring.db");
    for (from, to) in (0..3).flat_map(|from| (0..3).map(move |to| (from, to))) {
        for how in ["wrapped", "namespace"] {
            let row = |number| {
                format!(
                    "(SELECT namespace FROM wrapped_key ORDER BY namespace LIMIT 1 OFFSET {number})"
                )
            };
            let statement = match how {
                "wrapped" => format!(
                    "UPDATE wrapped_key SET wrapped = (SELECT wrapped FROM wrapped_key WHERE namespace = {}) WHERE namespace = {};",
                    row(from),
                    row(to)
                ),
                _ => format!(
                    "DELETE FROM wrapped_key WHERE namespace = {} OR ({from} = {to} AND 0);",
                    row(to)
                ),
            };
            let changed = altered(&plot, &[&keyring], &statement);
            plot.look(&changed, &statement, &mut tally);
            proof.count("rows moved", 1);
        }
    }
    finish(proof, tally);
}

/// A keyring, a catalogue, an `install.json` or a namespace of one moment among those of another.
#[test]
fn files_of_another_moment_cost_no_namespace_and_show_nothing_that_was_never_kept() {
    let mut plot = Plot::new();
    let mut proof = proof(
        "splice-moments",
        "files of one moment among those of another",
    );
    let mut tally = Tally::new();
    let data = plot.world.data();
    let groups: Vec<Vec<PathBuf>> = [
        vec!["keyring.db", "keyring.db-wal"],
        vec!["keyring.db"],
        vec!["keyring.db-wal"],
        vec!["catalogue.db", "catalogue.db-wal"],
        vec!["catalogue.db"],
        vec!["catalogue.db-wal"],
        vec![
            "keyring.db",
            "keyring.db-wal",
            "catalogue.db",
            "catalogue.db-wal",
        ],
    ]
    .map(|names| names.into_iter().map(|name| data.join(name)).collect())
    .into();
    for moment in 0..plot.moments.len() {
        for group in &groups {
            let older = |path: &PathBuf| {
                let bytes = plot.moments[moment].get(path).cloned().unwrap_or_default();
                (path.clone(), bytes)
            };
            let changed: Files = group.iter().map(older).collect();
            plot.look(
                &changed,
                &format!("{group:?} of moment {moment}"),
                &mut tally,
            );
            proof.count("mixtures", 1);
        }
    }
    finish(proof, tally);
}
