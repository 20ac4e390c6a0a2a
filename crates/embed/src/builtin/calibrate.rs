//! What the exporter must know about a model's inner values to spread them well over int8 codes.

use super::forward::{Forward, Scratch};
use crate::arithmetic::quantise::Observer;
use crate::kernels::Kernels;
use crate::shape::{HIDDEN, LAYERS, QUANTISED_PER_LAYER};
use crate::tokenizer::{Vocabulary, word_pieces};
use crate::weights::Weights;
use crate::windows::windows;
use crate::{Dispatch, Error};

/// Runs `texts` through the model of a weight file and returns the largest magnitude of each
/// input of each quantised place: per layer the projection, the attention output, the
/// feed-forward part and the output of each of its slices.
///
/// # Errors
/// When the file or the vocabulary is not what the encoder reads.
pub fn input_maxima(
    file: &[u8],
    vocabulary: &[u8],
    texts: &[&str],
) -> Result<Vec<[f32; HIDDEN]>, Error> {
    let weights = Weights::read(file, vocabulary)?;
    let vocabulary = Vocabulary::read(vocabulary)?;
    let fastest = Dispatch::available()
        .into_iter()
        .next()
        .unwrap_or(Dispatch::Portable);
    let kernels = Kernels::new(fastest)?;
    let mut scratch = Scratch::default();
    let maxima = vec![[0.0; HIDDEN]; LAYERS * QUANTISED_PER_LAYER];
    scratch.codes.observer = Some(Observer { maxima, calls: 0 });
    for text in texts {
        let pieces = word_pieces(&vocabulary, text);
        for window in windows(&pieces) {
            let (scratch, windows, mut vectors) = (&mut scratch, &[window], Vec::new());
            kernels.run(Forward {
                weights: &weights,
                scratch,
                windows,
                vectors: &mut vectors,
            });
        }
    }
    Ok(scratch.codes.observer.unwrap_or_default().maxima)
}
