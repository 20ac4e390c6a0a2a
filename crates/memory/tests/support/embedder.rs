//! An embedder that hashes words, and a gate at which a test may stop it.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Barrier, LazyLock};

use anchorhold_embed::{Embedder, Embedding};

pub(crate) const DIMENSION: usize = 32;
/// A text that begins like this is embedded between two meetings at [`GATE`].
pub(crate) const AT_THE_GATE: &str = "at the gate";
pub(crate) static GATE: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));

/// A vector per word, added up: equal words are near, other words far.
pub(crate) struct WordEmbedder;

impl Embedder for WordEmbedder {
    fn model(&self) -> &'static str {
        "words/test"
    }

    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn embed(&self, text: &str) -> Result<Embedding, anchorhold_embed::Error> {
        if text.starts_with(AT_THE_GATE) {
            GATE.wait();
            GATE.wait();
        }
        let mut vector = vec![0.0_f32; DIMENSION];
        vector[0] = 0.01;
        let words = text.split(|character: char| !character.is_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            let mut hasher = DefaultHasher::new();
            word.to_lowercase().hash(&mut hasher);
            let mut state = hasher.finish() | 1;
            for slot in &mut vector {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                *slot += f32::from(i16::from_le_bytes([
                    state.to_le_bytes()[0],
                    state.to_le_bytes()[1],
                ]));
            }
        }
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        for value in &mut vector {
            *value /= length;
        }
        Ok(Embedding {
            vector,
            windows: 1,
            tokens: text.split_whitespace().count(),
        })
    }
}
