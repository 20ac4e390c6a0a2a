//! Reading rows: every one is opened, and checked to be the one that was asked for.

use anchorhold_crypto::Lookup;
use anchorhold_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Params};

use super::seal::Stored;
use super::{Row, RowKeys, Table};
use crate::Error;

/// What every sign of a changed file is reported as.
pub(super) const TAMPERED: Error = Error::Tampered {
    what: "catalogue row",
};

const COLUMNS: &str =
    "SELECT kind, lookup, alias, parent, owner, version, created_at, updated_at, sealed FROM row ";

/// A row's primary key, and the row if it opens.
pub(crate) type Placed = ((Table, Lookup), Result<Row, Error>);

/// Reads of an open file.
pub(crate) struct Reader<'a> {
    pub(super) connection: &'a Connection,
    pub(super) keys: &'a RowKeys,
}

impl Reader<'_> {
    /// The row with this primary key.
    pub(crate) fn get(&self, table: Table, lookup: &Lookup) -> Result<Option<Row>, Error> {
        let found = self.one("WHERE kind = ?1 AND lookup = ?2", (table, lookup))?;
        expect(found, |row| row.table == table && row.lookup == *lookup)
    }

    /// The row with this second key.
    pub(crate) fn by_alias(&self, table: Table, alias: &Lookup) -> Result<Option<Row>, Error> {
        let found = self.one("WHERE kind = ?1 AND alias = ?2", (table, alias))?;
        expect(found, |row| row.table == table && row.alias == Some(*alias))
    }

    /// All rows that are listed under `parent`.
    pub(crate) fn children(&self, table: Table, parent: &Lookup) -> Result<Vec<Row>, Error> {
        let found = self.many("WHERE kind = ?1 AND parent = ?2", (table, parent))?;
        let all = |row: &Row| row.table == table && row.parent == *parent;
        found.iter().all(all).then_some(found).ok_or(TAMPERED)
    }

    /// The rows that are listed under `parent` after this one, by their keys, at most so many.
    pub(crate) fn children_after(
        &self,
        table: Table,
        parent: &Lookup,
        after: Option<&Lookup>,
        rows_max: usize,
    ) -> Result<Vec<Row>, Error> {
        let condition = "WHERE kind = ?1 AND parent = ?2 AND lookup > ?3 ORDER BY lookup LIMIT ?4";
        // No key is shorter, so every key is greater.
        let after = after.map_or(&[][..], |after| &after[..]);
        let rows_max = i64::try_from(rows_max).unwrap_or(i64::MAX);
        let found = self.many(condition, (table, parent, after, rows_max))?;
        let all = |row: &Row| row.table == table && row.parent == *parent;
        found.iter().all(all).then_some(found).ok_or(TAMPERED)
    }

    /// The rows that are listed under `parent` and were changed last, at most so many, the last one first.
    pub(crate) fn latest(
        &self,
        table: Table,
        parent: &Lookup,
        rows_max: usize,
    ) -> Result<Vec<Row>, Error> {
        let condition = "WHERE kind = ?1 AND parent = ?2 ORDER BY updated_at DESC, lookup LIMIT ?3";
        let rows_max = i64::try_from(rows_max).unwrap_or(i64::MAX);
        let found = self.many(condition, (table, parent, rows_max))?;
        let all = |row: &Row| row.table == table && row.parent == *parent;
        found.iter().all(all).then_some(found).ok_or(TAMPERED)
    }

    /// The rows that are listed under `parent` and were not changed since, the oldest first; some at a
    /// time.
    pub(crate) fn unchanged_since(
        &self,
        table: Table,
        parent: &Lookup,
        since: Timestamp,
    ) -> Result<Vec<Row>, Error> {
        let condition = "WHERE kind = ?1 AND parent = ?2 AND updated_at <= ?3 \
                         ORDER BY updated_at, lookup LIMIT 1024";
        let found = self.many(condition, (table, parent, since.milliseconds()))?;
        let all = |row: &Row| row.table == table && row.parent == *parent;
        found.iter().all(all).then_some(found).ok_or(TAMPERED)
    }

    /// How many rows are listed under `parent`.
    pub(crate) fn count(&self, table: Table, parent: &Lookup) -> Result<u64, Error> {
        let count = "SELECT count(*) FROM row WHERE kind = ?1 AND parent = ?2";
        let mut statement = self.connection.prepare_cached(count)?;
        let count: i64 = statement.query_row((table, parent), |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// All rows that are listed under `owner`.
    pub(crate) fn owned(&self, table: Table, owner: &Lookup) -> Result<Vec<Row>, Error> {
        let found = self.many("WHERE kind = ?1 AND owner = ?2", (table, owner))?;
        let all = |row: &Row| row.table == table && row.owner == Some(*owner);
        found.iter().all(all).then_some(found).ok_or(TAMPERED)
    }

    /// All rows of a table.
    pub(crate) fn all(&self, table: Table) -> Result<Vec<Row>, Error> {
        self.many("WHERE kind = ?1", (table,))
    }

    /// The rows after this one, each opened or told why not, in the order of their keys.
    pub(crate) fn page(
        &self,
        after: Option<(Table, Lookup)>,
        rows_max: usize,
    ) -> Result<Vec<Placed>, Error> {
        let (table, lookup) = after.unwrap_or_default();
        let condition = "WHERE (kind, lookup) > (?1, ?2) ORDER BY kind, lookup LIMIT ?3";
        let mut statement = self
            .connection
            .prepare_cached(&format!("{COLUMNS}{condition}"))
            .map_err(of_column)?;
        let rows_max = i64::try_from(rows_max).unwrap_or(i64::MAX);
        let found = statement.query_map((table, lookup, rows_max), stored);
        let rows = found.map_err(of_column)?.map(|row| {
            let row = row.map_err(of_column)?;
            Ok(((row.table, row.lookup), self.keys.open(row)))
        });
        rows.collect()
    }

    fn one(&self, condition: &str, parameters: impl Params) -> Result<Option<Row>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("{COLUMNS}{condition}"))?;
        let stored = statement.query_row(parameters, stored).optional();
        match stored.map_err(of_column)? {
            Some(stored) => self.keys.open(stored).map(Some),
            None => Ok(None),
        }
    }

    fn many(&self, condition: &str, parameters: impl Params) -> Result<Vec<Row>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("{COLUMNS}{condition}"))?;
        let found = statement.query_map(parameters, stored)?;
        found
            .map(|stored| self.keys.open(stored.map_err(of_column)?))
            .collect()
    }
}

/// An index that leads to another row than the one that was asked for was changed.
fn expect(found: Option<Row>, is_it: impl Fn(&Row) -> bool) -> Result<Option<Row>, Error> {
    match found {
        Some(row) if !is_it(&row) => Err(TAMPERED),
        found => Ok(found),
    }
}

fn stored(row: &rusqlite::Row<'_>) -> Result<Stored, rusqlite::Error> {
    Ok(Stored {
        table: row.get(0)?,
        lookup: row.get(1)?,
        alias: row.get(2)?,
        parent: row.get(3)?,
        owner: row.get(4)?,
        version: row.get::<_, i64>(5)?.cast_unsigned(),
        created_at: Timestamp::from_milliseconds(row.get(6)?),
        updated_at: Timestamp::from_milliseconds(row.get(7)?),
        sealed: row.get(8)?,
    })
}

/// A column that cannot be what it is was changed; so was a file that SQLite calls damaged.
pub(super) fn of_column(error: rusqlite::Error) -> Error {
    use rusqlite::Error as Sqlite;
    match error {
        Sqlite::FromSqlConversionFailure(..)
        | Sqlite::IntegralValueOutOfRange(..)
        | Sqlite::InvalidColumnType(..) => TAMPERED,
        Sqlite::SqliteFailure(failure, _)
            if matches!(
                failure.code,
                rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase
            ) =>
        {
            TAMPERED
        }
        error => error.into(),
    }
}
