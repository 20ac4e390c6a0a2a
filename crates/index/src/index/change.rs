//! How entries enter and leave the arrays.

use anchorhold_model::{RecordId, Timestamp};

use super::{
    Key, Labels, Large, NONE, Postings, Row, Turns, inverse_norm, key_of, lines, slot_number,
};
use crate::kernels::Line;
use crate::names::Name;
use crate::{Entry, Error, Index, Kept};

impl<P> Index<P> {
    /// Takes an entry and gives back the one with the same id that it replaces.
    pub fn insert(&mut self, entry: Entry<P>) -> Result<Option<Entry<P>>, Error> {
        self.check_dimension(entry.vector.values().len())?;
        let replaced = self.make_way(&entry.facets.id);
        let slot = slot_number(self.rows.len());
        self.bytes += self.entry_bytes(&entry);
        let Entry {
            facets,
            vector,
            features,
            payload,
        } = entry;
        let key = key_of(&facets);
        self.keys.push(key);
        let conversation = facets.conversation.as_deref();
        let row = Row {
            expires_at: facets.expires_at.map_or(i64::MAX, Timestamp::milliseconds),
            inverse_norm: inverse_norm(vector.values()),
            scale: vector.scale(),
            terms: features.terms.words(),
            first_block: slot_number(self.postings.len()),
            speaker: facets
                .speaker
                .as_deref()
                .map_or(NONE, |speaker| self.acquire_speaker(speaker)),
            conversation: self.turns.insert(conversation, slot, &self.keys),
            traits: features.traits,
        };
        self.matrix.extend(lines(vector.values()));
        self.postings.insert(slot, &features.terms);
        self.alive.insert(slot);
        self.terms += u64::from(row.terms);
        if facets.expires_at.is_some() {
            self.expiring.insert((row.expires_at, slot));
        }
        self.distinct += features.terms.hashes().len();
        self.rows.push(row);
        match &mut self.large {
            Some(large) => large.insert(slot, &row, vector.values(), &features.terms),
            None if self.rows.len() > self.stage.above => self.grow(),
            None => {}
        }
        self.columns.push(&facets);
        self.entries.push(Some(Kept { facets, payload }));
        match self.order.last() {
            // Entries mostly come in their order.
            Some(&last) if self.key(last) > key => {
                let place = self.order.partition_point(|&other| self.key(other) < key);
                self.order.insert(place, slot);
            }
            _ => self.order.push(slot),
        }
        Ok(replaced)
    }

    /// Gives an id the next slot, and takes the entry out that had it; mostly none had.
    fn make_way(&mut self, id: &RecordId) -> Option<Entry<P>> {
        let before = self.slots.insert(*id, slot_number(self.rows.len()))?;
        self.slots.insert(*id, before);
        let replaced = self.remove(id);
        // The gap may have been closed.
        self.slots.insert(*id, slot_number(self.rows.len()));
        replaced
    }

    /// Takes an entry out, at once and completely: no array holds anything of it any more.
    pub fn remove(&mut self, id: &RecordId) -> Option<Entry<P>> {
        let slot = self.slots.remove(id)?;
        let (vector, features) = (self.vector(slot)?, self.features(slot)?);
        let Kept { facets, payload } = self.entries.get_mut(slot as usize)?.take()?;
        let row = *self.rows.get(slot as usize)?;
        let entry = Entry {
            facets,
            vector,
            features,
            payload,
        };
        self.release_speaker(row.speaker);
        self.turns.remove(row.conversation, slot, &self.keys);
        let blocks = self.blocks(slot);
        self.postings.erase(blocks);
        let (start, stride) = (slot as usize * self.stride(), self.stride());
        if let Some(lines) = self.matrix.get_mut(start..start + stride) {
            lines.fill(Line([0; 64]));
        }
        if let Some(large) = &mut self.large {
            large.remove(slot, &entry.features.terms);
        }
        self.distinct -= entry.features.terms.hashes().len();
        self.columns.remove(slot);
        self.alive.remove(slot);
        self.terms -= u64::from(row.terms);
        self.expiring.remove(&(row.expires_at, slot));
        self.bytes = self.bytes.saturating_sub(self.entry_bytes(&entry));
        self.compact_if_sparse();
        Some(entry)
    }

    /// Makes what a large index has besides.
    fn grow(&mut self) {
        let mut large = Large::new(self.stride(), self.stage.head, self.stage.seed);
        for (slot, row) in (0..).zip(&self.rows) {
            let lines = slot as usize * self.stride()..(slot as usize + 1) * self.stride();
            let lines = self.matrix.get(lines).unwrap_or_default();
            let values: Vec<i8> = lines.iter().flat_map(|line| line.0).collect();
            let terms = self.postings.terms(self.blocks(slot), row.terms);
            large.insert(slot, row, &values, &terms);
        }
        self.large = Some(large);
    }

    fn acquire_speaker(&mut self, speaker: &str) -> u32 {
        let (names, language) = (&mut self.names, self.settings.language);
        let (label, is_new) = self.speakers.acquire(speaker);
        if is_new && let Some(name) = Name::parse(speaker, language) {
            names.insert(name, label);
        }
        label
    }

    fn release_speaker(&mut self, label: u32) {
        if let Some(speaker) = self.speakers.release(label)
            && let Some(name) = Name::parse(&speaker, self.settings.language)
        {
            self.names.remove(&name, label);
        }
    }

    /// Bytes that an entry takes here; the same whatever was here before.
    fn entry_bytes(&self, entry: &Entry<P>) -> usize {
        let arrays = size_of::<Option<Kept<P>>>()
            + size_of::<Key>()
            + size_of::<Row>()
            + self.stride() * size_of::<Line>()
            + size_of::<u32>();
        let identified = size_of::<(RecordId, u32)>() * 3 / 2;
        arrays
            + identified
            + Kept::<P>::heap(&entry.facets)
            + Postings::bytes(&entry.features.terms)
            + Labels::<()>::BYTES
            + Turns::BYTES
    }
}
