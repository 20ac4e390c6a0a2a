//! The arrays of one namespace, and how entries enter and leave them.
//!
//! An entry has a slot in every array; a removed one is replaced by the last. Slots are history,
//! so nothing that ranks may depend on them: it walks `order`.

mod labels;
mod postings;
mod row;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use anchorhold_model::{RecordId, Timestamp};

use crate::kernels::{Kernel, Line};
use crate::names::Name;
use crate::{Entry, Error, Language};
pub(crate) use labels::{Labels, NONE};
pub(crate) use postings::{Match, Postings};
pub(crate) use row::{Row, inverse_norm, lines};

/// What holds for every entry of a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Numbers per vector.
    pub dimension: usize,
    /// The language of the texts.
    pub language: Language,
}

/// The live entries of one namespace, ready to be searched.
pub struct Index<P> {
    pub(crate) settings: Settings,
    pub(crate) kernel: Kernel,
    /// The slot of each entry.
    slots: HashMap<RecordId, u32, BuildHasherDefault<DefaultHasher>>,
    /// By slot.
    pub(crate) entries: Vec<Entry<P>>,
    /// By slot: what every search reads of every entry.
    pub(crate) rows: Vec<Row>,
    /// By slot: the vectors, each padded to whole lines.
    pub(crate) matrix: Vec<Line>,
    pub(crate) postings: Postings,
    pub(crate) speakers: Labels<Option<Name>>,
    pub(crate) conversations: Labels<()>,
    /// Every slot, by `(ordinal, id)`; among equal ordinals the smaller id is later.
    pub(crate) order: Vec<u32>,
    bytes: usize,
}

impl<P> Index<P> {
    /// An index without entries.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            kernel: Kernel::detect(),
            slots: HashMap::default(),
            entries: Vec::new(),
            rows: Vec::new(),
            matrix: Vec::new(),
            postings: Postings::default(),
            speakers: Labels::default(),
            conversations: Labels::default(),
            order: Vec::new(),
            bytes: 0,
        }
    }

    /// What holds for every entry.
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Makes room for as many entries more; a cold load that knows their number saves copies.
    pub fn reserve(&mut self, entries: usize) {
        self.slots.reserve(entries);
        self.entries.reserve(entries);
        self.rows.reserve(entries);
        self.matrix.reserve(entries * self.stride());
        self.order.reserve(entries);
    }

    /// Takes an entry and gives back the one with the same id that it replaces.
    pub fn insert(&mut self, entry: Entry<P>) -> Result<Option<Entry<P>>, Error> {
        self.check_dimension(entry.vector.values().len())?;
        let replaced = self.remove(&entry.facets.id);
        let slot = slot_number(self.entries.len());
        let facets = &entry.facets;
        let language = self.settings.language;
        let row = Row {
            expires_at: facets.expires_at.map_or(i64::MAX, Timestamp::milliseconds),
            inverse_norm: inverse_norm(entry.vector.values()),
            terms: entry.features.terms.words(),
            traits: entry.features.traits,
            speaker: facets.speaker.as_deref().map_or(NONE, |speaker| {
                let name = || Name::parse(speaker, language);
                self.speakers.acquire(speaker, name)
            }),
            conversation: (facets.conversation.as_deref())
                .map_or(NONE, |label| self.conversations.acquire(label, || ())),
        };
        self.rows.push(row);
        self.matrix.extend(lines(entry.vector.values()));
        self.postings.insert(slot, &entry.features.terms);
        self.slots.insert(facets.id, slot);
        self.bytes += self.entry_bytes(&entry);
        self.entries.push(entry);
        let place = self.place_of(slot);
        self.order.insert(place, slot);
        Ok(replaced)
    }

    /// Takes an entry out, at once and completely.
    pub fn remove(&mut self, id: &RecordId) -> Option<Entry<P>> {
        let slot = *self.slots.get(id)?;
        let last = slot_number(self.entries.len()).checked_sub(1)?;
        let place = self.place_of(slot);
        self.order.remove(place);
        if slot != last {
            let place = self.place_of(last);
            if let Some(moved) = self.order.get_mut(place) {
                *moved = slot;
            }
        }
        self.slots.remove(id);
        self.postings.remove(slot, last);
        let row = self.rows.swap_remove(slot as usize);
        self.speakers.release(row.speaker);
        self.conversations.release(row.conversation);
        self.remove_vector(slot);
        let entry = self.entries.swap_remove(slot as usize);
        if let Some(moved) = self.entries.get(slot as usize) {
            self.slots.insert(moved.facets.id, slot);
        }
        self.bytes = self.bytes.saturating_sub(self.entry_bytes(&entry));
        Some(entry)
    }

    /// The entry with this id.
    pub fn get(&self, id: &RecordId) -> Option<&Entry<P>> {
        self.entries.get(*self.slots.get(id)? as usize)
    }

    /// How many entries there are, expired ones that were not removed yet too.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every entry, the oldest first, by `(ordinal, id)`.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry<P>> {
        let entry = |&slot: &u32| self.entries.get(slot as usize);
        self.order.iter().filter_map(entry)
    }

    /// An estimate of the bytes in memory, without what payloads hold on the heap.
    pub const fn bytes(&self) -> usize {
        size_of::<Self>() + self.bytes
    }

    pub(crate) const fn check_dimension(&self, found: usize) -> Result<(), Error> {
        let expected = self.settings.dimension;
        if found == expected {
            Ok(())
        } else {
            Err(Error::Dimension { expected, found })
        }
    }

    /// Lines per vector.
    pub(crate) const fn stride(&self) -> usize {
        self.settings.dimension.div_ceil(64)
    }

    /// Where a slot stands, or has to stand, in `order`.
    fn place_of(&self, slot: u32) -> usize {
        let key = |slot: u32| {
            let facets = self.entries.get(slot as usize).map(|entry| &entry.facets);
            facets.map(|facets| (facets.ordinal, Reverse(facets.id)))
        };
        let wanted = key(slot);
        // Entries mostly come in their order.
        match self.order.last() {
            Some(&last) if key(last) < wanted => self.order.len(),
            _ => self.order.partition_point(|&slot| key(slot) < wanted),
        }
    }

    fn remove_vector(&mut self, slot: u32) {
        let stride = self.stride();
        let start = slot as usize * stride;
        let kept = self.matrix.len().saturating_sub(stride);
        if start < kept {
            self.matrix.copy_within(kept.., start);
        }
        self.matrix.truncate(kept);
    }

    fn entry_bytes(&self, entry: &Entry<P>) -> usize {
        let indexed = size_of::<Row>() + size_of::<u32>() + self.stride() * size_of::<Line>();
        let identified = size_of::<(RecordId, u32)>() * 3 / 2;
        entry.bytes() + indexed + identified + Postings::bytes(&entry.features.terms)
    }
}

#[expect(
    clippy::expect_used,
    reason = "four billion entries do not fit into memory"
)]
fn slot_number(position: usize) -> u32 {
    u32::try_from(position).expect("fewer entries than 2^32")
}
