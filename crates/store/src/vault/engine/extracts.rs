//! Keeping extracts: in the write that fills a span, and in every write that outdates an entry.
//!
//! When and what is written follows from the namespace's own records alone.

use std::collections::BTreeMap;

use anchorhold_identity::{Scope, Write};

use super::draft::Draft;
use crate::vault::draws::Draws;
use crate::vault::extract::{Entry, Extract};
use crate::{Error, TAG_BYTES};

impl Draft<'_> {
    /// Takes out what was replaced or removed, so that nothing of it stays in the file, and gives
    /// what was sealed again its new tag.
    pub(super) fn extracts_mend(
        &mut self,
        scope: &Scope<Write>,
        draws: &mut Draws<'_>,
    ) -> Result<(), Error> {
        let span = self.rules.extract_span;
        let mut by_number: BTreeMap<u64, BTreeMap<u64, Option<[u8; TAG_BYTES]>>> = BTreeMap::new();
        for (sequence, tag) in std::mem::take(&mut self.outdated) {
            let number = sequence.div_ceil(span);
            if number <= self.state.extracts {
                by_number.entry(number).or_default().insert(sequence, tag);
            }
        }
        for (number, outdated) in by_number {
            self.extract_mend(scope, number, &outdated, draws)?;
        }
        Ok(())
    }

    fn extract_mend(
        &self,
        scope: &Scope<Write>,
        number: u64,
        outdated: &BTreeMap<u64, Option<[u8; TAG_BYTES]>>,
        draws: &mut Draws<'_>,
    ) -> Result<(), Error> {
        let (session, namespace) = (&self.engine.session, self.engine.namespace);
        let Some(row) = session.extract(&scope.narrow(), number)? else {
            return Ok(());
        };
        let mut mended = Extract::with_capacity(row.sealed.len());
        // A damaged one is dropped whole: its records are opened one by one from now on.
        let before = Extract::open(self.keys().extracts(), namespace, &row).unwrap_or_default();
        for entry in before.entries() {
            match outdated.get(&entry.sequence) {
                None => mended.push(entry),
                Some(None) => {}
                Some(Some(tag)) => mended.push(Entry { tag: *tag, ..entry }),
            }
        }
        self.extract_put(scope, number, &mended, draws)
    }

    /// Extracts every span that is full.
    pub(super) fn extracts_make(
        &mut self,
        scope: &Scope<Write>,
        draws: &mut Draws<'_>,
    ) -> Result<(), Error> {
        let span = self.rules.extract_span;
        while self.state.head.sequence / span > self.state.extracts {
            let (first, number) = (self.state.extracts * span + 1, self.state.extracts + 1);
            let session = &self.engine.session;
            let mut extract = Extract::default();
            for row in session.span(&scope.narrow(), first, number * span)? {
                if let Some((_, parts)) = self.open_sound(scope, &row)? {
                    extract.push(Entry {
                        sequence: row.sequence,
                        tag: row.tag,
                        summary: parts.summary(),
                    });
                }
            }
            if !extract.is_empty() {
                self.extract_put(scope, number, &extract, draws)?;
            }
            self.state.extracts = number;
        }
        Ok(())
    }

    fn extract_put(
        &self,
        scope: &Scope<Write>,
        number: u64,
        extract: &Extract,
        draws: &mut Draws<'_>,
    ) -> Result<(), Error> {
        let session = &self.engine.session;
        if extract.is_empty() {
            return session.extract_remove(scope, number);
        }
        let key = self.keys().extracts();
        let row = extract.seal(key, self.engine.namespace, number, draws.take())?;
        session.extract_write(scope, &row)
    }
}
