//! A write that is not committed yet: a copy of the state, and what is added to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anchorhold_identity::{Erase, Scope, Write};
use anchorhold_model::RecordId;

use super::{Current, Engine, Rules};
use crate::backend::RecordRow;
use crate::vault::draws::Draws;
use crate::vault::keys::{Epoch, Keys};
use crate::vault::request::{Reply, Request, Why};
use crate::vault::state::State;
use crate::{Appended, Batch, Error, Parts, Plain, Purged, Sealed, TAG_BYTES};

/// A cheap copy; undoing a part of a write puts an older copy in place.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    pub(super) engine: &'a Engine,
    pub(super) rules: Rules,
    pub(super) state: State,
    pub(super) current: Option<Current>,
    /// Epochs begun in this write; readers learn of them when it is durable.
    pub(super) begun: Vec<Arc<Epoch>>,
    /// What extracts may still hold of records that were replaced or removed in this write, by
    /// sequence; with their new tag, of those that were sealed again.
    pub(super) outdated: BTreeMap<u64, Option<[u8; TAG_BYTES]>>,
}

/// How a record came in.
enum Put {
    Written(Sealed),
    Replayed(Sealed),
}

impl<'a> Draft<'a> {
    pub(super) fn new(engine: &'a Engine, rules: Rules) -> Self {
        Self {
            engine,
            rules,
            state: engine.state.clone(),
            current: engine.current.clone(),
            begun: Vec::new(),
            outdated: BTreeMap::new(),
        }
    }

    pub(super) fn keys(&self) -> &'a Keys {
        &self.engine.keys
    }

    /// Applies one request whole; after an error the caller undoes its part.
    pub(super) fn apply(
        &mut self,
        request: &Request,
        draws: &mut Draws<'_>,
    ) -> Result<Reply, Error> {
        match request {
            Request::Commit { scope, batch } => self.put_all(scope, batch, draws),
            Request::Purge {
                scope, ids, why, ..
            } => self.purge(scope, ids, *why),
        }
    }

    fn put_all(
        &mut self,
        scope: &Scope<Write>,
        batch: &Batch,
        draws: &mut Draws<'_>,
    ) -> Result<Reply, Error> {
        let mut sealed = Vec::with_capacity(batch.records.len());
        let mut replayed = !batch.records.is_empty();
        let over = self.put_away(scope, &batch.over)?;
        for record in &batch.records {
            sealed.push(match self.put(scope, batch, record, draws)? {
                Put::Replayed(record) => record,
                Put::Written(record) => {
                    replayed = false;
                    record
                }
            });
        }
        self.state.place = self.state.place.max(batch.place);
        self.state.swept = 0;
        Ok(Reply::Appended(Appended {
            head: self.state.head,
            sealed,
            replayed,
            over,
        }))
    }

    /// Removes the records whose time is over, and answers how many there were.
    fn put_away(
        &mut self,
        scope: &Scope<Write>,
        over: &[(RecordId, [u8; TAG_BYTES])],
    ) -> Result<u64, Error> {
        let mut removed = 0;
        for (id, tag) in over {
            let stored = self.engine.session.row(&scope.narrow(), *id)?;
            if let Some(stored) = stored.filter(|stored| stored.tag == *tag) {
                self.engine.session.put_away(scope, &stored)?;
                self.gone(&stored)?;
                removed += 1;
            }
        }
        self.state.head.generation += u64::from(removed > 0);
        Ok(removed)
    }

    /// A record was removed.
    fn gone(&mut self, stored: &RecordRow) -> Result<(), Error> {
        self.outdated.insert(stored.sequence, None);
        let (key, namespace) = (&self.engine.keys.digest, self.engine.namespace);
        self.state.remove(key, namespace, stored)
    }

    fn put(
        &mut self,
        scope: &Scope<Write>,
        batch: &Batch,
        record: &Plain,
        draws: &mut Draws<'_>,
    ) -> Result<Put, Error> {
        let session = &self.engine.session;
        let sequence = self.state.head.sequence + 1;
        if record.version == 1 || batch.moved {
            let sealed = self.seal(scope, record, draws)?;
            if session.insert(scope, sequence, &sealed)? {
                self.live(sequence, &sealed);
                return Ok(Put::Written(sealed));
            }
        }
        let stored = session.row(&scope.narrow(), record.id)?;
        let stored = stored.ok_or(Error::Conflict)?;
        // One that should have gone is another record by now, and not this one again.
        if batch.over.iter().any(|(id, _)| *id == record.id) {
            return Err(Error::Conflict);
        }
        if stored.version == record.version {
            let stored = session.body(&scope.narrow(), &stored)?;
            return self.replay(record, stored);
        }
        // What comes from elsewhere never replaces what is here.
        if batch.moved || stored.version.checked_add(1) != Some(record.version) {
            return Err(Error::Conflict);
        }
        let sealed = self.seal(scope, record, draws)?;
        // IMPORTANT: read again, because sealing may have begun an epoch and merged others, and so
        // have sealed the stored record again.
        let stored = session.row(&scope.narrow(), record.id)?;
        let stored = stored.ok_or(Error::Conflict)?;
        session.replace(scope, &stored, sequence, &sealed)?;
        self.gone(&stored)?;
        self.live(sequence, &sealed);
        Ok(Put::Written(sealed))
    }

    /// The same write once more is answered like the first; another one under its id is refused.
    fn replay(&self, record: &Plain, stored: Sealed) -> Result<Put, Error> {
        let parts = self.open(&stored)?;
        if stored.kind == record.kind && *parts.as_bytes() == *Parts::join(record).as_bytes() {
            Ok(Put::Replayed(stored))
        } else {
            Err(Error::Conflict)
        }
    }

    fn live(&mut self, sequence: u64, sealed: &Sealed) {
        self.state.head.sequence = sequence;
        let row = RecordRow::of(sealed, sequence);
        self.state
            .add(&self.engine.keys.digest, self.engine.namespace, &row);
    }

    fn seal(
        &mut self,
        scope: &Scope<Write>,
        record: &Plain,
        draws: &mut Draws<'_>,
    ) -> Result<Sealed, Error> {
        let epoch = self.epoch(scope, draws)?;
        let sealed = Sealed {
            id: record.id,
            version: record.version,
            kind: record.kind,
            key_epoch: 0,
            bytes: Arc::from([]),
        };
        self.keys()
            .seal_in(&epoch, draws.take(), sealed, &Parts::join(record))
    }

    /// Opens a record that is stored, also one of an epoch that this write began.
    pub(super) fn open(&self, sealed: &Sealed) -> Result<Parts, Error> {
        let begun = self
            .begun
            .iter()
            .find(|epoch| epoch.row.number == sealed.key_epoch);
        let epoch = begun
            .cloned()
            .or_else(|| self.keys().epoch(sealed.key_epoch));
        let epoch = epoch.ok_or(Error::Tampered { what: "key epoch" })?;
        self.keys().open_in(&epoch, sealed)
    }

    /// Reads and opens the record of a row; `None` for a damaged one, which stays where it is: it
    /// must not keep others from being written.
    pub(super) fn open_sound(
        &self,
        scope: &Scope<Write>,
        row: &RecordRow,
    ) -> Result<Option<(Sealed, Parts)>, Error> {
        let stored = self.engine.session.body(&scope.narrow(), row);
        let opened = stored.and_then(|stored| self.open(&stored).map(|parts| (stored, parts)));
        match opened {
            Ok(opened) => Ok(Some(opened)),
            Err(Error::Tampered { .. } | Error::Malformed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn purge(&mut self, scope: &Scope<Erase>, ids: &[RecordId], why: Why) -> Result<Reply, Error> {
        let session = &self.engine.session;
        let mut removed = 0;
        for id in ids {
            let Some(stored) = session.row(&scope.narrow(), *id)? else {
                continue;
            };
            session.delete(scope, &stored)?;
            self.gone(&stored)?;
            removed += 1;
        }
        self.state.head.generation += u64::from(removed > 0);
        if why == Why::Over {
            self.state.swept += removed;
        }
        Ok(Reply::Purged(Purged {
            head: self.state.head,
            removed,
        }))
    }

    /// Brings the extracts up to date, prunes epochs that hold nothing, and writes the state row:
    /// the last statements of a write.
    pub(super) fn finish(
        &mut self,
        scope: &Scope<Write>,
        draws: &mut Draws<'_>,
    ) -> Result<(), Error> {
        self.extracts_mend(scope, draws)?;
        self.extracts_make(scope, draws)?;
        let session = &self.engine.session;
        let current = self
            .current
            .as_ref()
            .map(|current| current.epoch.row.number);
        let is_empty = |(number, live): (&u32, &u64)| {
            (*live == 0 && Some(*number) != current).then_some(*number)
        };
        let empty: Vec<u32> = self.state.live.iter().filter_map(is_empty).collect();
        for number in empty {
            session.epoch_remove(scope, number)?;
            self.state.live.remove(&number);
        }
        let row = self
            .state
            .seal(&self.keys().state, self.engine.namespace, draws.take())?;
        session.state_write(scope, &row)
    }
}
