//! What the crate promises, one file per promise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "tests fail by panicking"
)]

mod batch;
mod deterministic;
mod hostile;
mod reference_vectors;
mod reference_word_pieces;
mod remote;
mod remote_tls;
mod support;
