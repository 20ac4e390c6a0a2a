//! Texts and vectors that are made up: the same at every run, and of the usual shape.

use std::sync::Arc;

use anchorhold_embed::{Embedder, Embedding, Error, HIDDEN};

/// How a made-up memory begins, so that its vector is made up too.
const PREFIX: &str = "note ";

const WORDS: [&str; 48] = [
    "garden",
    "winter",
    "train",
    "coffee",
    "sister",
    "window",
    "meeting",
    "doctor",
    "bicycle",
    "island",
    "kitchen",
    "letter",
    "market",
    "river",
    "school",
    "ticket",
    "yellow",
    "morning",
    "concert",
    "project",
    "holiday",
    "puppy",
    "violin",
    "recipe",
    "mountain",
    "library",
    "birthday",
    "camera",
    "painting",
    "football",
    "neighbour",
    "hospital",
    "airport",
    "lantern",
    "blanket",
    "harvest",
    "compass",
    "lecture",
    "sailing",
    "pottery",
    "interview",
    "marathon",
    "telescope",
    "aquarium",
    "festival",
    "balcony",
    "workshop",
    "orchard",
];

/// A stream of numbers from a seed (splitmix64, Steele et al. 2014).
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }
}

/// So many words in a row.
pub(super) fn words(seed: u64, count: usize) -> String {
    let mut numbers = Numbers::new(seed);
    let word = |_| {
        WORDS
            .get(numbers.below(WORDS.len()))
            .copied()
            .unwrap_or_default()
    };
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// A memory of about 150 bytes.
pub(super) fn note(seed: u64) -> String {
    format!("{PREFIX}{seed}: {}", words(seed, 20))
}

/// Gives made-up memories a made-up vector, and everything else to the real encoder, if there
/// is one: so that a measurement pays for the vectors it is about and for no others.
pub(super) struct Prepared {
    pub(super) real: Option<Arc<dyn Embedder>>,
}

impl Embedder for Prepared {
    fn model(&self) -> &'static str {
        "prepared"
    }

    fn dimension(&self) -> usize {
        HIDDEN
    }

    fn embed(&self, text: &str) -> Result<Embedding, Error> {
        match &self.real {
            Some(real) if !text.starts_with(PREFIX) => real.embed(text),
            _ => Ok(made_up(text)),
        }
    }
}

fn made_up(text: &str) -> Embedding {
    let seed = text.bytes().fold(0, |seed: u64, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut numbers = Numbers::new(seed);
    let mut vector: Vec<f32> = Vec::with_capacity(HIDDEN);
    while vector.len() < HIDDEN {
        let bytes = numbers.next().to_le_bytes();
        vector.extend(bytes.map(|byte| f32::from(byte) - 127.5));
    }
    vector.truncate(HIDDEN);
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    for value in &mut vector {
        *value /= length;
    }
    Embedding {
        vector,
        windows: 1,
        tokens: 0,
    }
}
