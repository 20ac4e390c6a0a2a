//! Dense, lexical and fused ranking over the arrays of one namespace; pure functions.
//!
//! INVARIANT: an answer is a function of the set of live entries, never of the history that led
//! to it. Statistics are integers, numbers are added in an order that the entries themselves give,
//! and ties are broken by `(score, ordinal, id)`; `tests/main.rs` holds it as a property.
//!
//! To add a step to the ranking: a file in `search/`, its weight and its switch in [`Recipe`], its
//! share in [`Why`], and one line in `search.rs`.
#![cfg_attr(
    test,
    allow(clippy::cast_precision_loss, reason = "numbers of tests are small")
)]

mod analyse;
mod bitmap;
mod entry;
mod error;
mod index;
mod kernels;
mod language;
mod names;
mod quantized;
mod recipe;
mod search;
mod stage;

pub use analyse::{Document, Features, Terms, Traits, analyse};
pub use entry::{Entry, Kept};
pub use error::Error;
pub use index::{Index, Settings};
pub use language::Language;
pub use quantized::Quantized;
pub use recipe::{Recipe, Step};
pub use search::{Hit, Query, Why};
pub use stage::Stage;
