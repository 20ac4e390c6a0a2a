//! What can go wrong while a model is loaded or a text is embedded.

use crate::{Dispatch, Upstream};

/// An error of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller must split the text or refuse it.
    #[error("text too long to embed: {bytes} bytes, limit {bytes_max}")]
    TextTooLong {
        /// Length of the text.
        bytes: usize,
        /// The limit, [`crate::TEXT_BYTES_MAX`].
        bytes_max: usize,
    },
    /// Whoever asked for the vectors wants them no more, or must not have them.
    #[error("embedding was stopped")]
    Stopped,
    /// An embedder of another house gave no vectors.
    #[error("the embedder {0}")]
    Upstream(Upstream),
    /// The file is not a weight file at all.
    #[error("not a weight file of the built-in encoder")]
    WeightsForeign,
    /// The file was written for another version of this crate.
    #[error("weight file has format version {found}, this program reads {supported}")]
    WeightsVersion {
        /// Version in the file.
        found: u32,
        /// The one version that is read.
        supported: u32,
    },
    /// The file holds a model of another shape.
    #[error("weight file holds a model of another shape")]
    WeightsShape,
    /// The file is cut short or too long.
    #[error("weight file is {found} bytes long, expected {expected}")]
    WeightsLength {
        /// Length of the file.
        found: usize,
        /// Length that its shape implies.
        expected: usize,
    },
    /// The file was altered.
    #[error("weight file does not match its checksum")]
    WeightsChecksum,
    /// The vocabulary is not the one the weights were trained with.
    #[error("vocabulary does not belong to the weight file")]
    Vocabulary,
    /// This processor cannot run the path asked for.
    #[error("this processor has no {0}")]
    DispatchUnavailable(Dispatch),
}
