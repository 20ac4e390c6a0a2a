//! Extracts, and the rows of `item` that hold one sealed value.

use super::{SqliteSession, signed};
use crate::Error;
use crate::backend::ExtractRow;

fn key(number: u64) -> Result<i64, Error> {
    signed(number).map(std::ops::Neg::neg)
}

impl SqliteSession {
    pub(crate) fn extracts(&self) -> Result<Vec<ExtractRow>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT key, value FROM item WHERE key < 0 ORDER BY key DESC")?;
        let rows = statement.query_map([], |row| {
            Ok(ExtractRow {
                number: row.get::<_, i64>(0)?.unsigned_abs(),
                sealed: row.get(1)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn extract(&self, number: u64) -> Result<Option<ExtractRow>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT value FROM item WHERE key = ?1")?;
        let mut rows = statement.query([key(number)?])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let sealed = row.get(0)?;
        Ok(Some(ExtractRow { number, sealed }))
    }

    pub(crate) fn extract_write(&self, extract: &ExtractRow) -> Result<(), Error> {
        self.item_write(key(extract.number)?, &extract.sealed)
    }

    pub(crate) fn extract_remove(&self, number: u64) -> Result<(), Error> {
        self.item_remove(key(number)?)
    }

    pub(super) fn item_write(&self, key: i64, value: &[u8]) -> Result<(), Error> {
        self.connection
            .prepare_cached("REPLACE INTO item (key, value) VALUES (?1, ?2)")?
            .execute((key, value))?;
        Ok(())
    }

    /// One that is missing is gone as it should be.
    pub(super) fn item_remove(&self, key: i64) -> Result<(), Error> {
        self.connection
            .prepare_cached("DELETE FROM item WHERE key = ?1")?
            .execute([key])?;
        Ok(())
    }
}
