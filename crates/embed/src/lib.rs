//! Text to vector: the [`Embedder`] trait, the built-in encoder (all-MiniLM-L6-v2, int8), and
//! embedders of other houses.
//!
//! To add an embedder, implement [`Embedder`] in a file of its own and export it here. To add a
//! processor path, add a file to `kernels/` and a line to [`Dispatch`]; the property tests and the
//! reference test pick it up by themselves. `README.md` explains quantisation and windows.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "quantisation is casting, and every range is bounded by the shape of the model"
)]
#![allow(
    clippy::inline_always,
    reason = "the arithmetic must be compiled once per instruction set, inside the dispatched function"
)]

mod arithmetic;
mod builtin;
mod embedder;
mod error;
mod kernels;
mod remote;
mod shape;
mod tokenizer;
pub mod weights;
mod windows;

pub use builtin::{BUILTIN_MODEL, BuiltinEncoder, input_maxima};
pub use embedder::{Embedder, Embedding, TEXT_BYTES_MAX};
pub use error::Error;
pub use kernels::Dispatch;
pub use remote::{RemoteEmbedder, RemoteSettings, SettingsError, Upstream};
pub use shape::{HIDDEN, WINDOW_CONTENT_PIECES, WINDOW_OVERLAP_PIECES, WINDOW_PIECES};
