//! Records: a narrow row each, by id, and a body each, in the order in which they were written.

use anchorhold_model::RecordId;
use rusqlite::{OptionalExtension as _, Row};

use super::{SqliteSession, one, signed, unsigned};
use crate::backend::RecordRow;
use crate::backend::sqlite::BODIES;
use crate::{Error, Kind, Sealed, TAG_BYTES};

const TAMPERED: Error = Error::Tampered { what: "record" };

/// Where the body of a record stands.
fn body_key(sequence: u64) -> Result<i64, Error> {
    signed(sequence)?.checked_add(BODIES).ok_or(TAMPERED)
}

/// The id that a body belongs to, and the body without its tag, which stands in the row.
fn body_value(sealed: &Sealed) -> Vec<u8> {
    let tag_at = sealed.bytes.len().saturating_sub(TAG_BYTES);
    let (body, _) = sealed.bytes.split_at(tag_at);
    [sealed.id.as_bytes(), body].concat()
}

/// Reads `id, sequence, version, kind, key_epoch, tag`.
fn row_of(row: &Row<'_>) -> Result<RecordRow, Error> {
    Ok(RecordRow {
        id: RecordId::from_bytes(row.get(0)?),
        sequence: unsigned(row, 1)?,
        version: unsigned(row, 2)?,
        kind: Kind::from_number(row.get(3)?).ok_or(TAMPERED)?,
        key_epoch: row.get(4)?,
        tag: row.get(5)?,
    })
}

impl SqliteSession {
    pub(crate) fn row(&self, id: RecordId) -> Result<Option<RecordRow>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, sequence, version, kind, key_epoch, tag FROM record WHERE id = ?1",
        )?;
        let found = statement
            .query_row([id.as_bytes()], |row| Ok(row_of(row)))
            .optional()?;
        found.transpose()
    }

    pub(crate) fn rows(&self) -> Result<Vec<RecordRow>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, sequence, version, kind, key_epoch, tag FROM record")?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(row_of(row)?);
        }
        Ok(found)
    }

    pub(crate) fn body(&self, row: &RecordRow) -> Result<Sealed, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT value FROM item WHERE key = ?1")?;
        let mut rows = statement.query([body_key(row.sequence)?])?;
        let found = rows.next()?.ok_or(TAMPERED)?;
        let value = found.get_ref(0)?.as_blob().map_err(|_| TAMPERED)?;
        let (id, body) = value.split_first_chunk::<16>().ok_or(TAMPERED)?;
        if id != row.id.as_bytes() {
            return Err(TAMPERED);
        }
        Ok(Sealed {
            id: row.id,
            version: row.version,
            kind: row.kind,
            key_epoch: row.key_epoch,
            bytes: [body, &row.tag].concat().into(),
        })
    }

    pub(crate) fn span(&self, first: u64, last: u64) -> Result<Vec<RecordRow>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, record.sequence, version, kind, key_epoch, tag
             FROM item CROSS JOIN record
                 ON id = substr(value, 1, 16) AND record.sequence = key - ?3
             WHERE key BETWEEN ?1 AND ?2 ORDER BY key",
        )?;
        let mut rows = statement.query([body_key(first)?, body_key(last)?, BODIES])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(row_of(row)?);
        }
        Ok(found)
    }

    pub(crate) fn insert(&self, sequence: u64, sealed: &Sealed) -> Result<bool, Error> {
        let row = RecordRow::of(sealed, sequence);
        let changed = self
            .connection
            .prepare_cached(
                "INSERT INTO record (id, sequence, version, kind, key_epoch, tag)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            )?
            .execute((
                row.id.as_bytes(),
                signed(sequence)?,
                signed(row.version)?,
                row.kind.number(),
                row.key_epoch,
                row.tag,
            ))?;
        if changed == 1 {
            self.body_write(sequence, sealed)?;
        }
        Ok(changed == 1)
    }

    pub(crate) fn replace(
        &self,
        before: &RecordRow,
        sequence: u64,
        sealed: &Sealed,
    ) -> Result<(), Error> {
        let row = RecordRow::of(sealed, sequence);
        let changed = self
            .connection
            .prepare_cached(
                "UPDATE record SET sequence = ?2, version = ?3, kind = ?4, key_epoch = ?5,
                 tag = ?6 WHERE id = ?1",
            )?
            .execute((
                row.id.as_bytes(),
                signed(sequence)?,
                signed(row.version)?,
                row.kind.number(),
                row.key_epoch,
                row.tag,
            ))?;
        one(changed)?;
        self.item_remove(body_key(before.sequence)?)?;
        self.body_write(sequence, sealed)
    }

    pub(crate) fn delete(&self, row: &RecordRow) -> Result<(), Error> {
        let changed = self
            .connection
            .prepare_cached("DELETE FROM record WHERE id = ?1")?
            .execute([row.id.as_bytes()])?;
        one(changed)?;
        self.item_remove(body_key(row.sequence)?)
    }

    fn body_write(&self, sequence: u64, sealed: &Sealed) -> Result<(), Error> {
        self.item_write(body_key(sequence)?, &body_value(sealed))
    }
}
