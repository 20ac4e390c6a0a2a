//! What a large index has besides: bits of the vectors, and lists of the entries of each term.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::ops::Range;

use super::NONE;
use super::rotation::Rotation;
use crate::Terms;
use crate::analyse::count;
use crate::kernels::Lanes;

/// Derived from the arrays; nothing in it changes an answer but by being there.
#[derive(Debug)]
pub(crate) struct Large {
    rotation: Rotation,
    /// Words per code.
    words: usize,
    /// The codes of eight slots after those of the eight before.
    pub(crate) codes: Vec<Lanes>,
    /// By slot, the number of terms of the text, 65,535 at most: read for every place of a list, so
    /// close together.
    lengths: Vec<u16>,
    lists: HashMap<u32, List, BuildHasherDefault<DefaultHasher>>,
}

/// The entries that hold one term.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// Their slots, ascending, and those of some that were removed.
    slots: Vec<u32>,
    /// How often, as stored.
    counts: Vec<u8>,
    /// How many were not removed.
    live: usize,
}

impl List {
    /// How many entries hold it, expired ones that were not removed yet too.
    pub(crate) const fn live(&self) -> usize {
        self.live
    }

    /// Where it stands, and where it stood once.
    pub(crate) fn places(&self) -> Places<'_> {
        Places {
            slots: &self.slots,
            counts: &self.counts,
        }
    }
}

/// A part of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places<'a> {
    slots: &'a [u32],
    counts: &'a [u8],
}

impl Places<'_> {
    /// Slots and how often the term occurs there; some are gaps.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u8)> {
        let counts = self.counts.iter().map(|&stored| count(stored).0);
        self.slots.iter().copied().zip(counts)
    }

    /// The first slot.
    pub(crate) fn next(&self) -> Option<u32> {
        self.slots.first().copied()
    }

    /// Takes off and gives what stands before a slot.
    pub(crate) fn split_below(&mut self, slot: u32) -> Self {
        let below = self.slots.partition_point(|&other| other < slot);
        let (slots, slots_left) = self.slots.split_at(below);
        let (counts, counts_left) = self.counts.split_at(below);
        (self.slots, self.counts) = (slots_left, counts_left);
        Self { slots, counts }
    }
}

impl Large {
    pub(crate) fn new(words: usize, seed: u64) -> Self {
        Self {
            rotation: Rotation::new(words, seed),
            words,
            codes: Vec::new(),
            lengths: Vec::new(),
            lists: HashMap::default(),
        }
    }

    /// Bytes for as many entries with codes of as many words, which hold `distinct` terms in all;
    /// room for growth included.
    pub(crate) const fn bytes(entries: usize, words: usize, distinct: usize) -> usize {
        let entry = words * size_of::<u64>() + size_of::<u16>();
        entries * entry + distinct * (size_of::<u32>() + size_of::<u8>()) * 2
    }

    /// Adds the entry of the next slot.
    pub(crate) fn insert(&mut self, slot: u32, vector: &[i8], terms: &Terms) {
        let code = self.rotation.code(vector);
        self.put(slot, &code);
        let words = u16::try_from(terms.words());
        self.lengths.push(words.unwrap_or(u16::MAX));
        for (&hash, &count) in terms.hashes().iter().zip(terms.counts()) {
            let list = self.lists.entry(hash).or_default();
            list.slots.push(slot);
            list.counts.push(count);
            list.live += 1;
        }
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, slot: u32, terms: &Terms) {
        self.put(slot, &vec![0; self.words]);
        for hash in terms.hashes() {
            let Some(list) = self.lists.get_mut(hash) else {
                continue;
            };
            list.live -= 1;
            if list.live == 0 {
                self.lists.remove(hash);
            }
        }
    }

    /// Gives every slot the number that `to` says; there are `count` of them.
    pub(crate) fn compact(&mut self, slots: u32, count: usize, to: impl Fn(u32) -> u32) {
        for slot in 0..slots {
            if to(slot) != NONE {
                let code = self.code(slot);
                self.put(to(slot), &code);
            }
        }
        let mut slot = 0;
        self.lengths.retain(|_| {
            slot += 1;
            to(slot - 1) != NONE
        });
        self.codes.truncate(count.div_ceil(8) * self.words);
        for list in self.lists.values_mut() {
            let places = list.slots.iter().zip(&list.counts);
            let places = places.map(|(&slot, &count)| (to(slot), count));
            (list.slots, list.counts) = places.filter(|place| place.0 != NONE).unzip();
        }
    }

    /// The number of terms of an entry, 65,535 at most.
    pub(crate) fn terms(&self, slot: u32) -> u32 {
        u32::from(self.lengths.get(slot as usize).copied().unwrap_or(0))
    }

    /// The bits of a vector.
    pub(crate) fn code_of(&self, vector: &[i8]) -> Vec<u64> {
        self.rotation.code(vector)
    }

    /// The entries that hold a term.
    pub(crate) fn list(&self, hash: u32) -> Option<&List> {
        self.lists.get(&hash)
    }

    /// Where the words of a slot's code stand, and in which lane.
    const fn place(&self, slot: u32) -> (Range<usize>, usize) {
        let first = slot as usize / 8 * self.words;
        (first..first + self.words, slot as usize % 8)
    }

    fn code(&self, slot: u32) -> Vec<u64> {
        let (words, lane) = self.place(slot);
        let lanes = self.codes.get(words).unwrap_or_default();
        let words = lanes.iter().filter_map(|lanes| lanes.0.get(lane));
        words.copied().collect()
    }

    fn put(&mut self, slot: u32, code: &[u64]) {
        let (words, lane) = self.place(slot);
        if self.codes.len() < words.end {
            self.codes.resize(words.end, Lanes([0; 8]));
        }
        let lanes = self.codes.get_mut(words).unwrap_or_default();
        for (lanes, &word) in lanes.iter_mut().zip(code) {
            if let Some(lane) = lanes.0.get_mut(lane) {
                *lane = word;
            }
        }
    }
}
