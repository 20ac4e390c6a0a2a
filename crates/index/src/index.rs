//! The arrays of one namespace.
//!
//! An entry has a slot in every array, the next free one. A removed one leaves its slot empty, and
//! `compact.rs` closes the gaps once there are as many as entries. Slots are history, so nothing
//! that ranks may depend on them: they tell entries apart, and ties are broken by [`Key`].

mod change;
pub(crate) mod columns;
mod compact;
mod labels;
mod large;
mod postings;
mod rotation;
mod row;
mod turns;

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher};

use anchorhold_model::{Facets, RecordId};

use crate::bitmap::Bitmap;
use crate::kernels::{Kernel, Line};
use crate::names::Names;
use crate::{Entry, Error, Features, Kept, Language, Quantized, Stage};
use columns::Columns;
pub(crate) use labels::{Labels, NONE};
pub(crate) use large::{Large, Places};
pub(crate) use postings::{Match, Postings};
pub(crate) use row::{Row, Turn, inverse_norm, lines};
pub(crate) use turns::{Side, Turns};

/// What holds for every entry of a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Numbers per vector.
    pub dimension: usize,
    /// The language of the texts.
    pub language: Language,
}

/// The canonical order of entries: by ordinal; among equal ordinals the smaller id is later.
pub(crate) type Key = (u64, Reverse<RecordId>);

/// The live entries of one namespace, ready to be searched.
pub struct Index<P> {
    pub(crate) settings: Settings,
    pub(crate) stage: Stage,
    pub(crate) kernel: Kernel,
    /// The slot of each live entry.
    slots: HashMap<RecordId, u32, BuildHasherDefault<DefaultHasher>>,
    /// By slot, `None` for a gap.
    pub(crate) entries: Vec<Option<Kept<P>>>,
    /// By slot.
    keys: Vec<Key>,
    /// By slot: what a search reads of an entry.
    pub(crate) rows: Vec<Row>,
    /// By slot: the vectors, each padded to whole lines; zeros in a gap.
    pub(crate) matrix: Vec<Line>,
    /// The terms of all entries.
    pub(crate) postings: Postings,
    pub(crate) speakers: Labels<()>,
    /// The speakers by what they are called.
    pub(crate) names: Names,
    pub(crate) turns: Turns,
    /// The slots that are no gap.
    pub(crate) alive: Bitmap,
    /// Terms of all live entries.
    pub(crate) terms: u64,
    /// The live entries that end, by their time.
    pub(crate) expiring: BTreeSet<(i64, u32)>,
    /// Every slot by its key, gaps too.
    order: Vec<u32>,
    pub(crate) columns: Columns,
    /// There when more entries may be found than are scored one by one.
    pub(crate) large: Option<Large>,
    /// Distinct terms of all live entries.
    distinct: usize,
    bytes: usize,
}

impl<P> Index<P> {
    /// An index without entries.
    pub fn new(settings: Settings) -> Self {
        Self::with_stage(settings, Stage::default())
    }

    /// An index whose second stage begins where `stage` says.
    pub fn with_stage(settings: Settings, stage: Stage) -> Self {
        Self {
            settings,
            stage,
            kernel: Kernel::detect(),
            slots: HashMap::default(),
            entries: Vec::new(),
            keys: Vec::new(),
            rows: Vec::new(),
            matrix: Vec::new(),
            postings: Postings::default(),
            speakers: Labels::default(),
            names: Names::default(),
            turns: Turns::default(),
            alive: Bitmap::default(),
            terms: 0,
            expiring: BTreeSet::new(),
            order: Vec::new(),
            columns: Columns::default(),
            large: None,
            distinct: 0,
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
        self.keys.reserve(entries);
        self.rows.reserve(entries);
        self.matrix.reserve(entries * self.stride());
        // A short text has a block or two of terms.
        self.postings.reserve(entries * 2);
        self.turns.reserve(entries);
        self.order.reserve(entries);
    }

    /// The entry with this id.
    pub fn get(&self, id: &RecordId) -> Option<&Kept<P>> {
        self.kept(*self.slots.get(id)?)
    }

    /// The whole entry with this id, as it was inserted.
    pub fn entry(&self, id: &RecordId) -> Option<Entry<P>>
    where
        P: Clone,
    {
        let slot = *self.slots.get(id)?;
        let Kept { facets, payload } = self.kept(slot)?.clone();
        Some(Entry {
            facets,
            vector: self.vector(slot)?,
            features: self.features(slot)?,
            payload,
        })
    }

    /// How many entries there are, expired ones that were not removed yet too.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Every entry, the oldest first, by `(ordinal, id)`.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Kept<P>> {
        self.order.iter().filter_map(|&slot| self.kept(slot))
    }

    /// An estimate of the bytes in memory, without what payloads hold on the heap.
    pub fn bytes(&self) -> usize {
        let large = if self.slots.len() > self.stage.above {
            let words = (self.stride(), self.stage.head);
            Large::bytes(self.slots.len(), words, self.distinct)
        } else {
            0
        };
        size_of::<Self>() + self.bytes + large + self.columns.bytes()
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

    /// What is kept of the entry in a slot.
    pub(crate) fn kept(&self, slot: u32) -> Option<&Kept<P>> {
        self.entries.get(slot as usize)?.as_ref()
    }

    /// The slot of the entry with this id.
    pub(crate) fn slot(&self, id: &RecordId) -> Option<u32> {
        self.slots.get(id).copied()
    }

    /// The place of a slot in the canonical order; of a gap, that of the entry before it was one.
    pub(crate) fn key(&self, slot: u32) -> Key {
        let key = self.keys.get(slot as usize).copied();
        key.unwrap_or((0, Reverse(RecordId::from_bytes([0; 16]))))
    }

    /// The blocks of an entry's terms.
    pub(crate) fn blocks(&self, slot: u32) -> std::ops::Range<usize> {
        let first = |slot: usize| self.rows.get(slot).map(|row| row.first_block as usize);
        let end = self.postings.len();
        let slot = slot as usize;
        first(slot).unwrap_or(end)..first(slot + 1).unwrap_or(end)
    }

    /// The live turns of an entry's conversation in their order.
    pub(crate) fn conversation_of(&self, slot: u32) -> &[u32] {
        let row = self.rows.get(slot as usize);
        row.map_or(&[], |row| self.turns.of(row.conversation))
    }

    fn vector(&self, slot: u32) -> Option<Quantized> {
        let start = slot as usize * self.stride();
        let lines = self.matrix.get(start..start + self.stride())?;
        let values = lines.iter().flat_map(|line| line.0);
        let values = values.take(self.settings.dimension).collect();
        let scale = self.rows.get(slot as usize)?.scale;
        Quantized::from_stored(scale, values).ok()
    }

    fn features(&self, slot: u32) -> Option<Features> {
        let row = self.rows.get(slot as usize)?;
        Some(Features {
            terms: self.postings.terms(self.blocks(slot), row.terms),
            traits: row.traits,
        })
    }
}

fn key_of(facets: &Facets) -> Key {
    (facets.ordinal, Reverse(facets.id))
}

#[expect(
    clippy::expect_used,
    reason = "four billion entries do not fit into memory"
)]
fn slot_number(position: usize) -> u32 {
    u32::try_from(position).expect("fewer entries than 2^32")
}
