//! Reading a whole namespace with the check of its digest: every record opened, or the summaries
//! alone, most of them from extracts.

use std::ops::Range;

use anchorhold_identity::{Read, Scope};

use super::Vault;
use super::engine::Engine;
use super::extract::Extract;
use super::handle::Handle;
use super::state::State;
use crate::backend::RecordRow;
use crate::{Error, Found, Head, Parts, Sealed};

/// Takes one record after the other, sealed and in clear.
pub type Take<'a> = dyn FnMut(&Sealed, Parts) -> Result<(), Error> + 'a;

/// Takes the summary of one record after the other.
pub type TakeSummary<'a> = dyn FnMut(Found<'_>) -> Result<(), Error> + 'a;

/// Where a namespace stands that was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The head that the records belong to.
    pub head: Head,
    /// The last place in the order of arrival that was given out; 0 before the first.
    pub place: u64,
}

/// The number of an extract and where in it a summary stands.
type Place = (usize, Range<usize>);

/// What was copied out under the writer's lock.
struct Copied {
    state: State,
    rows: Vec<RecordRow>,
    extracts: Vec<Extract>,
    /// For each row where its summary stands, if an extract has it.
    covered: Vec<Option<Place>>,
    /// Of the rows that no extract covers, the bodies, in the order of the rows.
    sealed: Vec<Sealed>,
}

impl Vault {
    /// Opens every live record and gives it to `take`, in the order of ids, and answers the head
    /// they belong to. After an error, discard what `take` was given: only the end of the load
    /// shows that no record was removed, replayed, moved or changed ([`Error::Tampered`]).
    pub fn load(&self, scope: &Scope<Read>, take: &mut Take<'_>) -> Result<Head, Error> {
        let Some(opened) = self.open_for_read(scope)? else {
            return Ok(Head::default());
        };
        let handle = &opened.handle;
        let (state, rows, records) = handle.with_engine(|engine| {
            let rows = engine.session.rows(scope)?;
            let bodies = rows.iter().map(|row| engine.session.body(scope, row));
            let records = bodies.collect::<Result<Vec<_>, Error>>()?;
            Ok((engine.state.clone(), rows, records))
        })?;
        verify(handle, &state, &rows)?;
        for sealed in &records {
            take(sealed, open(handle, sealed)?)?;
        }
        Ok(state.head)
    }

    /// Gives the summary of every live record to `take`, in the order in which they were written,
    /// and answers where the namespace stands with them. That no record was removed, replayed or moved is shown
    /// before anything is given; a content that was changed is found when it is opened.
    pub fn load_summaries(
        &self,
        scope: &Scope<Read>,
        take: &mut TakeSummary<'_>,
    ) -> Result<Loaded, Error> {
        let Some(opened) = self.open_for_read(scope)? else {
            return Ok(Loaded::default());
        };
        let handle = &opened.handle;
        let copied = handle.with_engine(|engine| copy(engine, scope))?;
        verify(handle, &copied.state, &copied.rows)?;
        let mut rest = copied.sealed.into_iter();
        for (row, place) in copied.rows.iter().zip(copied.covered) {
            if let Some((extract, summary)) = place {
                let extract = copied.extracts.get(extract);
                let summary = extract.and_then(|extract| extract.get(summary));
                take(found(row, summary.unwrap_or_default(), None))?;
            } else if let Some(sealed) = rest.next() {
                let parts = open(handle, &sealed)?;
                take(found(row, parts.summary(), Some(sealed)))?;
            }
        }
        Ok(Loaded {
            head: copied.state.head,
            place: copied.state.place,
        })
    }
}

fn found<'a>(row: &RecordRow, summary: &'a [u8], sealed: Option<Sealed>) -> Found<'a> {
    Found {
        id: row.id,
        version: row.version,
        tag: row.tag,
        summary,
        sealed,
    }
}

/// The rows in the order in which they were written, the extracts, and the bodies of the rows
/// that no extract covers.
fn copy(engine: &Engine, scope: &Scope<Read>) -> Result<Copied, Error> {
    let (session, key) = (&engine.session, engine.keys.extracts());
    let mut rows = session.rows(scope)?;
    rows.sort_unstable_by_key(|row| row.sequence);
    let opened = session.extracts(scope)?.into_iter();
    let extracts: Vec<Extract> = opened
        .filter_map(|row| Extract::open(key, engine.namespace, &row))
        .collect();
    let covered = covered(&rows, &extracts);
    let rest = rows.iter().zip(&covered);
    let rest = rest.filter(|(_, place)| place.is_none());
    let sealed = rest
        .map(|(row, _)| session.body(scope, row))
        .collect::<Result<_, Error>>()?;
    Ok(Copied {
        state: engine.state.clone(),
        rows,
        extracts,
        covered,
        sealed,
    })
}

/// Where the summary of each row stands, if an extract has one of a record with the same tag. Rows
/// and extracts are in the order of sequences.
fn covered(rows: &[RecordRow], extracts: &[Extract]) -> Vec<Option<Place>> {
    let entries = extracts.iter().enumerate();
    let entries = entries.flat_map(|(number, extract)| {
        let places = extract.places();
        places.map(move |(entry, range)| (entry, (number, range)))
    });
    let mut entries = entries.peekable();
    let of_row = |row: &RecordRow| {
        while entries
            .next_if(|(entry, _)| entry.sequence < row.sequence)
            .is_some()
        {}
        let found =
            entries.next_if(|(entry, _)| entry.sequence == row.sequence && entry.tag == row.tag);
        found.map(|(_, place)| place)
    };
    rows.iter().map(of_row).collect()
}

/// Whether these are the live records, no more, no fewer, no others.
fn verify(handle: &Handle, state: &State, rows: &[RecordRow]) -> Result<(), Error> {
    let mut found = state.emptied();
    for row in rows {
        found.add(&handle.keys.digest, handle.namespace, row);
    }
    if found == *state {
        Ok(())
    } else {
        Err(Error::Tampered {
            what: "set of records",
        })
    }
}

fn open(handle: &Handle, sealed: &Sealed) -> Result<Parts, Error> {
    let epoch = handle.keys.epoch(sealed.key_epoch);
    let epoch = epoch.ok_or(Error::Tampered { what: "key epoch" })?;
    handle.keys.open_in(&epoch, sealed)
}
