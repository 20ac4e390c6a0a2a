//! A thief who writes into the file edits no grant, revives no key and moves no row.

use std::sync::Arc;

use anchorhold_identity::{Directory as _, Reservation};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::world::{World, actor, user, user_address};
use crate::registry::Registry as _;
use crate::{Catalogue, Error, NewKey};

/// A closed catalogue with two rows of every table, copied aside for every attack.
fn prepared() -> World {
    let world = World::new();
    for tenant in ["acme", "rival"] {
        let tenant = world.tenant(tenant);
        world.key(
            tenant,
            NewKey {
                user: Some(user("alice").id),
                ..NewKey::default()
            },
        );
        let address = user_address(tenant, "alice");
        let Ok(Reservation::Reserved(namespace, _promise)) = world.catalogue.reserve(&address)
        else {
            panic!("it should not exist yet");
        };
        let someone = actor(tenant, Some(user("alice")));
        world
            .catalogue
            .materialise(&address, namespace, &someone)
            .unwrap();
    }
    world.catalogue.desk().unwrap().rows.truncate_log().unwrap();
    world
}

/// Opens a changed copy and reads every row of it.
fn read_all(world: &World, path: &std::path::Path) -> Result<(), Error> {
    let catalogue = Catalogue::open(path, Arc::clone(&world.foundation))?;
    let desk = catalogue.desk()?;
    for table in 1..=4 {
        desk.rows.reader().all(table)?;
    }
    Ok(())
}

fn attack(world: &World, change: impl FnOnce(&Connection)) -> Result<(), Error> {
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("catalogue.db");
    std::fs::copy(world.path(), &path).unwrap();
    let connection = Connection::open(&path).unwrap();
    change(&connection);
    drop(connection);
    read_all(world, &path)
}

#[test]
fn an_unchanged_copy_opens() {
    let world = prepared();
    attack(&world, |_| {}).unwrap();
}

#[test]
fn every_column_of_every_row_is_guarded() {
    let world = prepared();
    let columns = [
        "alias",
        "parent",
        "owner",
        "version",
        "created_at",
        "updated_at",
        "sealed",
        "lookup",
        "kind",
    ];
    let mut rows = 0;
    attack(&world, |connection| {
        rows = connection
            .query_row("SELECT count(*) FROM row", [], |row| row.get(0))
            .unwrap();
    })
    .unwrap();
    assert_eq!(
        rows,
        1 + 1 + 4 * 2,
        "digest, operator key, two of each table"
    );
    for row in 0..rows {
        for column in columns {
            let mut changed = 0;
            let result = attack(&world, |connection| {
                let (kind, lookup, value): (i64, Vec<u8>, Value) = connection
                    .query_row(
                        &format!("SELECT kind, lookup, {column} FROM row LIMIT 1 OFFSET {row}"),
                        [],
                        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                    )
                    .unwrap();
                let value = match value {
                    Value::Integer(number) if column == "kind" => Value::Integer(number + 10),
                    Value::Integer(number) => Value::Integer(number + 1),
                    Value::Blob(mut bytes) => {
                        *bytes.last_mut().unwrap() ^= 1;
                        Value::Blob(bytes)
                    }
                    _ => Value::Blob(vec![1; 32]),
                };
                changed = connection
                    .execute(
                        &format!("UPDATE row SET {column} = ?1 WHERE kind = ?2 AND lookup = ?3"),
                        (value, kind, lookup),
                    )
                    .unwrap();
            });
            assert_eq!(changed, 1);
            assert!(
                matches!(result, Err(Error::Tampered { .. })),
                "{column} of row {row}: {result:?}"
            );
        }
    }
}

#[test]
fn rows_that_change_places_do_not_open() {
    let world = prepared();
    for table in 1..=4 {
        let result = attack(&world, |connection| {
            connection
                .execute_batch(&format!(
                    "CREATE TEMP TABLE two AS SELECT rowid AS n, lookup, sealed FROM
                         (SELECT row_number() OVER () AS rowid, lookup, sealed FROM row
                          WHERE kind = {table} LIMIT 2);
                     UPDATE row SET sealed = (SELECT sealed FROM two WHERE two.lookup <> row.lookup)
                     WHERE kind = {table} AND lookup IN (SELECT lookup FROM two);"
                ))
                .unwrap();
        });
        assert!(
            matches!(result, Err(Error::Tampered { .. })),
            "table {table}"
        );
    }
}

#[test]
fn a_removed_row_is_missed() {
    let world = prepared();
    for table in 0..=4 {
        let result = attack(&world, |connection| {
            let removed = connection
                .execute(
                    "DELETE FROM row WHERE kind = ?1 AND lookup =
                         (SELECT lookup FROM row WHERE kind = ?1 LIMIT 1)",
                    (table,),
                )
                .unwrap();
            assert_eq!(removed, 1);
        });
        assert!(
            matches!(result, Err(Error::Tampered { .. })),
            "table {table}"
        );
    }
    let result = attack(&world, |connection| {
        connection.execute("DELETE FROM row", []).unwrap();
    });
    assert!(matches!(result, Err(Error::Tampered { .. })));
}

#[test]
fn a_revoked_key_is_not_revived_by_its_older_row() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (token, record) = world.key(tenant, NewKey::default());
    world.catalogue.desk().unwrap().rows.truncate_log().unwrap();
    let older = world.directory.path().join("older.db");
    std::fs::copy(world.path(), &older).unwrap();
    world
        .catalogue
        .key_revoke(&world.admin(tenant), record.key)
        .unwrap();
    world.catalogue.desk().unwrap().rows.truncate_log().unwrap();
    assert!(world.caller(&token.reveal()).is_none());
    let result = attack(&world, |connection| {
        connection
            .execute("ATTACH ?1 AS older", (older.to_str().unwrap(),))
            .unwrap();
        let put_back = connection
            .execute(
                "REPLACE INTO main.row SELECT * FROM older.row WHERE kind = 2",
                [],
            )
            .unwrap();
        assert_eq!(put_back, 2);
        connection.execute("DETACH older", []).unwrap();
    });
    assert!(matches!(result, Err(Error::Tampered { .. })));
}

#[test]
fn an_index_that_leads_elsewhere_is_found() {
    let world = prepared();
    // The alias is swapped between two credentials: a key id would find another key.
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("catalogue.db");
    std::fs::copy(world.path(), &path).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "CREATE TEMP TABLE two AS SELECT lookup, alias FROM row WHERE kind = 2 LIMIT 2;
             UPDATE row SET alias = NULL WHERE lookup IN (SELECT lookup FROM two);
             UPDATE row SET alias = (SELECT alias FROM two WHERE two.lookup <> row.lookup)
             WHERE lookup IN (SELECT lookup FROM two);",
        )
        .unwrap();
    drop(connection);
    let result = read_all(&world, &path);
    assert!(matches!(result, Err(Error::Tampered { .. })));
}

#[test]
fn every_flipped_byte_is_found_or_harmless() {
    let world = prepared();
    let whole = std::fs::read(world.path()).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("catalogue.db");
    let mut found = 0;
    for position in (0..whole.len()).step_by(61) {
        let mut changed = whole.clone();
        changed[position] ^= 0x10;
        std::fs::write(&path, &changed).unwrap();
        let _ = std::fs::remove_file(copy.path().join("catalogue.db-wal"));
        match Catalogue::open(&path, Arc::clone(&world.foundation)) {
            Err(_) => found += 1,
            // Free space is not data: then every row reads as it was written.
            Ok(catalogue) => match catalogue.living() {
                Ok(living) => assert_eq!(living, world.catalogue.living().unwrap()),
                Err(_) => found += 1,
            },
        }
    }
    assert!(found > 10);
}
