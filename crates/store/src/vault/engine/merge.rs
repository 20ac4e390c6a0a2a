//! Key epochs: begun by the first commit after an open, and merged when there are too many.

use std::collections::BTreeSet;
use std::sync::Arc;

use anchorhold_identity::{Scope, Write};

use super::Current;
use super::draft::Draft;
use crate::Error;
use crate::backend::RecordRow;
use crate::vault::draws::Draws;
use crate::vault::keys::Epoch;

impl Draft<'_> {
    /// The epoch for the next record, counted as one more record sealed in it.
    pub(super) fn epoch(
        &mut self,
        scope: &Scope<Write>,
        draws: &mut Draws<'_>,
    ) -> Result<Arc<Epoch>, Error> {
        if let Some(epoch) = self.epoch_current() {
            return Ok(epoch);
        }
        self.epoch_begin(scope, draws)?;
        if self.state.live.len() > self.rules.epochs_max {
            self.merge(scope, draws)?;
        }
        self.epoch_after_begin(scope, draws)
    }

    fn epoch_current(&mut self) -> Option<Arc<Epoch>> {
        let max = self.rules.epoch_records_max;
        let current = self.current.as_mut()?;
        if current.sealed >= max {
            return None;
        }
        current.sealed += 1;
        Some(Arc::clone(&current.epoch))
    }

    fn epoch_begin(&mut self, scope: &Scope<Write>, draws: &mut Draws<'_>) -> Result<(), Error> {
        let number = self.state.epoch_newest.checked_add(1);
        let number = number.ok_or(Error::TooLarge { what: "key epochs" })?;
        let epoch = self.keys().epoch_begin(number, draws.take());
        self.engine.session.epoch_add(scope, &epoch.row)?;
        self.state.epoch_newest = number;
        self.state.live.insert(number, 0);
        self.begun.push(Arc::clone(&epoch));
        self.current = Some(Current { epoch, sealed: 0 });
        Ok(())
    }

    /// The current epoch, or one more when it is full. Never merges.
    fn epoch_after_begin(
        &mut self,
        scope: &Scope<Write>,
        draws: &mut Draws<'_>,
    ) -> Result<Arc<Epoch>, Error> {
        if let Some(epoch) = self.epoch_current() {
            return Ok(epoch);
        }
        self.epoch_begin(scope, draws)?;
        // A fresh epoch takes at least one record.
        self.epoch_current()
            .ok_or(Error::TooLarge { what: "key epochs" })
    }

    /// Seals the records of the smaller half of all old epochs again. The smaller half, because a
    /// namespace that is opened often has one large old epoch and many of a few records.
    fn merge(&mut self, scope: &Scope<Write>, draws: &mut Draws<'_>) -> Result<(), Error> {
        let current = self.state.epoch_newest;
        let mut old: Vec<(u64, u32)> = self
            .state
            .live
            .iter()
            .filter(|(number, _)| **number != current)
            .map(|(number, live)| (*live, *number))
            .collect();
        old.sort_unstable();
        let half = self.rules.epochs_max / 2 + 1;
        let merged: BTreeSet<u32> = old
            .into_iter()
            .take(half)
            .map(|(_, number)| number)
            .collect();
        let session = &self.engine.session;
        let rows = session.rows(&scope.narrow())?.into_iter();
        for row in rows.filter(|row| merged.contains(&row.key_epoch)) {
            let Some((stored, parts)) = self.open_sound(scope, &row)? else {
                continue;
            };
            let epoch = self.epoch_after_begin(scope, draws)?;
            let sealed = self.keys().seal_in(&epoch, draws.take(), stored, &parts)?;
            session.reseal(scope, &row, &sealed)?;
            let again = RecordRow::of(&sealed, row.sequence);
            let (key, namespace) = (&self.engine.keys.digest, self.engine.namespace);
            self.state.remove(key, namespace, &row)?;
            self.state.add(key, namespace, &again);
            self.outdated.insert(row.sequence, Some(again.tag));
        }
        self.state.head.generation += 1;
        Ok(())
    }
}
