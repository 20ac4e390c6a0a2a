//! Texts and vectors that are made up: the same at every run, and of the usual shape.

use std::sync::Arc;

use anchorhold_embed::{Embedder, Embedding, Error, HIDDEN};

/// How a made-up memory begins, so that its vector is made up too.
const PREFIX: &str = "note ";

/// The most frequent words of the made-up language: those of English, which carry no meaning.
const FUNCTION_WORDS: [&str; 48] = [
    "the", "and", "to", "of", "a", "in", "that", "is", "was", "it", "for", "on", "with", "as",
    "he", "be", "at", "by", "this", "had", "not", "are", "but", "from", "or", "have", "an", "they",
    "which", "one", "you", "were", "her", "all", "she", "there", "would", "their", "we", "him",
    "been", "has", "when", "who", "will", "more", "no", "if",
];

/// Words of the made-up language.
const VOCABULARY: usize = 8_000;
/// Words of a made-up memory.
const NOTE_WORDS: usize = 25;

const CONSONANTS: [char; 16] = [
    'b', 'd', 'f', 'g', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 't', 'v', 'w', 'x', 'z',
];
const VOWELS: [char; 4] = ['a', 'o', 'u', 'i'];

/// The word of a rank: a function word, or two to three syllables that no other rank has.
fn word(rank: usize) -> String {
    if let Some(word) = FUNCTION_WORDS.get(rank) {
        return (*word).to_owned();
    }
    let mut rest = rank;
    let mut word = String::new();
    while rest > 0 || word.len() < 4 {
        let (consonant, vowel) = (
            rest % CONSONANTS.len(),
            rest / CONSONANTS.len() % VOWELS.len(),
        );
        word.extend(CONSONANTS.get(consonant));
        word.extend(VOWELS.get(vowel));
        rest /= CONSONANTS.len() * VOWELS.len();
    }
    word.push('k');
    word
}

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

/// So many words in a row, each drawn by Zipf's law: a word's share falls with its rank, as in
/// real texts, so that a query meets few memories by its rare words and many by none.
pub(super) fn words(seed: u64, count: usize) -> String {
    let mut numbers = Numbers::new(seed);
    let draw = |_| word(zipf(numbers.below(ZIPF_STEPS)));
    (0..count).map(draw).collect::<Vec<_>>().join(" ")
}

const ZIPF_STEPS: usize = 1 << 20;

/// A rank whose probability is about proportional to 1 / (rank + 1): the inverse of the logarithm.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a step below 2^20 and a rank below 8,000 are exact"
)]
fn zipf(step: usize) -> usize {
    let share = step as f64 / ZIPF_STEPS as f64;
    ((VOCABULARY as f64).powf(share) as usize).saturating_sub(1)
}

/// A memory of about 150 bytes.
pub(super) fn note(seed: u64) -> String {
    format!("{PREFIX}{seed}: {}", words(seed, NOTE_WORDS))
}

/// The seed of a memory's text.
pub(super) fn seed(note: &str) -> Option<usize> {
    let (seed, _) = note.strip_prefix(PREFIX)?.split_once(':')?;
    seed.parse().ok()
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
