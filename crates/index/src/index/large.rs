//! What a large index has besides: bits of the vectors, and lists of the entries of each term.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::ops::Range;

use super::rotation::Rotation;
use super::{NONE, Row, Turn};
use crate::Terms;
use crate::analyse::count;
use crate::kernels::{Lanes, Weighed};

/// Derived from the arrays; nothing in it changes an answer but by being there.
#[derive(Debug)]
pub(crate) struct Large {
    rotation: Rotation,
    /// Words of the head of a code.
    head: usize,
    /// Words of the whole code.
    words: usize,
    /// The heads of the codes of eight slots after those of the eight before: all of them are read.
    pub(crate) heads: Vec<Lanes>,
    /// By slot, the whole code: read where the head is near.
    pub(crate) codes: Vec<u64>,
    lists: HashMap<u32, List, BuildHasherDefault<DefaultHasher>>,
}

/// What the choice by terms reads of an entry: it stands with every place of a list, since looking
/// it up would take longer than all else that is done there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hint {
    /// How often the term occurs, as stored.
    count: u8,
    /// Number of terms of the text, 255 at most.
    pub(crate) terms: u8,
    /// What the priors look at.
    pub(crate) turn: Turn,
}

impl Hint {
    /// How often the term occurs.
    pub(crate) const fn count(self) -> u8 {
        count(self.count).0
    }
}

/// The entries that hold one term.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// Their slots, ascending, and those of some that were removed.
    slots: Vec<u32>,
    hints: Vec<Hint>,
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
            hints: &self.hints,
        }
    }
}

/// A part of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places<'a> {
    slots: &'a [u32],
    hints: &'a [Hint],
}

impl Places<'_> {
    /// Slots and what is known of their entries; some are gaps.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, Hint)> {
        self.slots.iter().copied().zip(self.hints.iter().copied())
    }

    /// The first slot.
    pub(crate) fn next(&self) -> Option<u32> {
        self.slots.first().copied()
    }

    /// Takes off and gives what stands before a slot.
    pub(crate) fn split_below(&mut self, slot: u32) -> Self {
        let below = self.slots.partition_point(|&other| other < slot);
        let (slots, slots_left) = self.slots.split_at(below);
        let (hints, hints_left) = self.hints.split_at(below);
        (self.slots, self.hints) = (slots_left, hints_left);
        Self { slots, hints }
    }
}

impl Large {
    /// For codes of as many words, of which the head has `head` at most.
    pub(crate) fn new(words: usize, head: usize, seed: u64) -> Self {
        let head = head.clamp(1, words.max(1));
        Self {
            rotation: Rotation::new(words, seed),
            head,
            words,
            heads: Vec::new(),
            codes: Vec::new(),
            lists: HashMap::default(),
        }
    }

    /// Bytes for as many entries with codes of as many words and heads of `head`, which hold `distinct`
    /// terms in all; room for growth included.
    pub(crate) const fn bytes(
        entries: usize,
        (words, head): (usize, usize),
        distinct: usize,
    ) -> usize {
        let entry = (words + head) * size_of::<u64>();
        entries * entry + distinct * (size_of::<u32>() + size_of::<Hint>()) * 2
    }

    /// Adds the entry of the next slot.
    pub(crate) fn insert(&mut self, slot: u32, row: &Row, vector: &[i8], terms: &Terms) {
        let code = self.rotation.code(vector);
        self.put(slot, &code);
        let turn = Turn::of(row.turn());
        let words = u8::try_from(row.terms).unwrap_or(u8::MAX);
        for (&hash, &count) in terms.hashes().iter().zip(terms.counts()) {
            let list = self.lists.entry(hash).or_default();
            list.slots.push(slot);
            list.hints.push(Hint {
                count,
                terms: words,
                turn,
            });
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
                let code = self.codes.get(self.place(slot)).unwrap_or_default();
                let code = code.to_vec();
                self.put(to(slot), &code);
            }
        }
        self.heads.truncate(count.div_ceil(8) * self.head);
        self.codes.truncate(count * self.words);
        for list in self.lists.values_mut() {
            let places = list.slots.iter().zip(&list.hints);
            let places = places.map(|(&slot, &hint)| (to(slot), hint));
            (list.slots, list.hints) = places.filter(|place| place.0 != NONE).unzip();
        }
    }

    /// Words of the head of a code.
    pub(crate) const fn head(&self) -> usize {
        self.head
    }

    /// The bits of a query's vector, and what each of them counts.
    pub(crate) fn weighed(&self, vector: &[i8]) -> Vec<Weighed> {
        self.rotation.weighed(vector)
    }

    /// The entries that hold a term.
    pub(crate) fn list(&self, hash: u32) -> Option<&List> {
        self.lists.get(&hash)
    }

    /// Where the code of a slot stands.
    const fn place(&self, slot: u32) -> Range<usize> {
        let first = slot as usize * self.words;
        first..first + self.words
    }

    fn put(&mut self, slot: u32, code: &[u64]) {
        let place = self.place(slot);
        if self.codes.len() < place.end {
            self.codes.resize(place.end, 0);
        }
        let to = self.codes.get_mut(place).unwrap_or_default();
        to.copy_from_slice(code);
        let first = slot as usize / 8 * self.head;
        if self.heads.len() < first + self.head {
            self.heads.resize(first + self.head, Lanes([0; 8]));
        }
        let heads = self.heads.iter_mut().skip(first);
        let lanes = heads.filter_map(|lanes| lanes.0.get_mut(slot as usize % 8));
        for (to, &word) in lanes.take(self.head).zip(code) {
            *to = word;
        }
    }
}
