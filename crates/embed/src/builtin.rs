//! The built-in encoder: all-MiniLM-L6-v2 in int8, inside the binary.

mod calibrate;
mod forward;
#[cfg(test)]
mod tests;

use std::sync::Mutex;

pub use calibrate::input_maxima;

use forward::{Forward, Scratch};

use crate::kernels::Kernels;
use crate::shape::{HIDDEN, WINDOW_PIECES};
use crate::tokenizer::{Vocabulary, word_pieces};
use crate::weights::Weights;
use crate::windows::{pooled, windows};
use crate::{Dispatch, Embedder, Embedding, Error, TEXT_BYTES_MAX};

/// The name of the built-in model and its precision.
pub const BUILTIN_MODEL: &str = "all-MiniLM-L6-v2/int8";

/// Work areas kept for reuse; more callers at once make their own.
const SCRATCHES_MAX: usize = 16;

/// Makes bytes begin where a cache line begins.
#[repr(C, align(64))]
struct Aligned<Bytes: ?Sized>(Bytes);

static WEIGHTS: &Aligned<[u8]> = &Aligned(*include_bytes!("../model/encoder.weights"));
pub(crate) static VOCABULARY_FILE: &[u8] = include_bytes!("../model/vocabulary.txt");

/// The weight file inside the binary.
pub(crate) fn weights_file() -> &'static [u8] {
    &WEIGHTS.0
}

/// all-MiniLM-L6-v2 with int8 weights, on the best path this processor has.
///
/// Runs on the caller's thread. Any number of threads may share one encoder.
#[derive(Debug)]
pub struct BuiltinEncoder {
    dispatch: Dispatch,
    kernels: Kernels,
    weights: Weights<'static>,
    vocabulary: Vocabulary<'static>,
    scratches: Mutex<Vec<Scratch>>,
}

impl BuiltinEncoder {
    /// Reads the model inside the binary, for the fastest path of this processor.
    ///
    /// # Errors
    /// One of the `Weights...` errors or [`Error::Vocabulary`] when the binary is damaged.
    pub fn new() -> Result<Self, Error> {
        let fastest = Dispatch::available().into_iter().next();
        Self::with_dispatch(fastest.unwrap_or(Dispatch::Portable))
    }

    /// As [`BuiltinEncoder::new`], on one path; for tests and measurements.
    ///
    /// # Errors
    /// Also [`Error::DispatchUnavailable`].
    pub fn with_dispatch(dispatch: Dispatch) -> Result<Self, Error> {
        Ok(Self {
            dispatch,
            kernels: Kernels::new(dispatch)?,
            weights: Weights::read(weights_file(), VOCABULARY_FILE)?,
            vocabulary: Vocabulary::read(VOCABULARY_FILE)?,
            scratches: Mutex::default(),
        })
    }

    /// The path this encoder runs on.
    pub fn dispatch(&self) -> Dispatch {
        self.dispatch
    }

    /// The ids of the word pieces of a text, in the numbering of the model's vocabulary, without
    /// `[CLS]` and `[SEP]`.
    pub fn word_pieces(&self, text: &str) -> Vec<u16> {
        word_pieces(&self.vocabulary, text)
    }

    /// The unit vectors of windows. As many windows as fit into [`WINDOW_PIECES`] go through the
    /// matrices together; no window's vector depends on its company.
    fn encode(
        &self,
        windows: &[&[u16]],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<[f32; HIDDEN]>, Error> {
        let mut scratch = self.scratch_take();
        let mut vectors = Vec::with_capacity(windows.len());
        let mut rest = windows;
        while !rest.is_empty() {
            if !goes_on() {
                self.scratch_return(scratch);
                return Err(Error::Stopped);
            }
            let mut pieces = 0;
            let fitting = rest.iter().take_while(|window| {
                pieces += window.len() + 2;
                pieces <= WINDOW_PIECES
            });
            let (group, later) = rest.split_at(fitting.count().max(1));
            let (weights, scratch) = (&self.weights, &mut scratch);
            self.kernels.run(Forward {
                weights,
                scratch,
                windows: group,
                vectors: &mut vectors,
            });
            rest = later;
        }
        self.scratch_return(scratch);
        Ok(vectors)
    }

    fn scratch_take(&self) -> Scratch {
        // A poisoned lock only means that another caller panicked; the areas hold nothing of worth.
        let mut scratches = self
            .scratches
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        scratches.pop().unwrap_or_default()
    }

    fn scratch_return(&self, scratch: Scratch) {
        let mut scratches = self
            .scratches
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if scratches.len() < SCRATCHES_MAX {
            scratches.push(scratch);
        }
    }
}

impl Embedder for BuiltinEncoder {
    fn model(&self) -> &str {
        BUILTIN_MODEL
    }

    fn dimension(&self) -> usize {
        HIDDEN
    }

    fn embed(&self, text: &str) -> Result<Embedding, Error> {
        let pieces = self.checked_pieces(text)?;
        let windows = windows(&pieces);
        let vector = pooled(&self.encode(&windows, &|| true)?, &windows);
        Ok(Embedding {
            vector,
            windows: windows.len(),
            tokens: pieces.len(),
        })
    }

    fn embed_batch(
        &self,
        texts: &[&str],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Embedding>, Error> {
        let pieces: Vec<Vec<u16>> = texts
            .iter()
            .map(|text| self.checked_pieces(text))
            .collect::<Result<_, _>>()?;
        let cut: Vec<Vec<&[u16]>> = pieces.iter().map(|pieces| windows(pieces)).collect();
        let vectors = self.encode(&cut.concat(), goes_on)?;
        let mut rest = vectors.as_slice();
        let mut embeddings = Vec::with_capacity(texts.len());
        for (pieces, windows) in pieces.iter().zip(&cut) {
            let (own, later) = rest.split_at(windows.len());
            let vector = pooled(own, windows);
            embeddings.push(Embedding {
                vector,
                windows: windows.len(),
                tokens: pieces.len(),
            });
            rest = later;
        }
        Ok(embeddings)
    }
}

impl BuiltinEncoder {
    fn checked_pieces(&self, text: &str) -> Result<Vec<u16>, Error> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(Error::TextTooLong {
                bytes: text.len(),
                bytes_max: TEXT_BYTES_MAX,
            });
        }
        Ok(self.word_pieces(text))
    }
}
