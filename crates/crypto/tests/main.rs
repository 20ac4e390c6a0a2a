//! Every construction, computed a second time by its published definition.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod keys;
mod macs;
mod seals;
mod tokens;

use anchorhold_model::{Random, Stream};

/// Answers ever the same byte.
struct Always(u8);

impl Random for Always {
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}
