//! A cheap embedder: a vector per word, added up. Equal words are near, other words far.

use anchorhold_embed::{Embedder, Embedding, Error};

const DIMENSION: usize = 16;

pub(crate) struct WordEmbedder;

impl Embedder for WordEmbedder {
    fn model(&self) -> &'static str {
        "words/simulated"
    }

    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn embed(&self, text: &str) -> Result<Embedding, Error> {
        let mut vector = vec![0.0_f32; DIMENSION];
        vector[0] = 0.01;
        let words = text.split(|character: char| !character.is_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            let hash = blake3::hash(word.to_lowercase().as_bytes());
            for (slot, byte) in vector.iter_mut().zip(hash.as_bytes()) {
                *slot += f32::from(byte.cast_signed());
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
