//! What the library promises, over a real store in a temporary directory.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod application;
mod at_hand;
mod changing;
mod choosing;
mod compile_fail;
mod embedding;
mod erasing;
mod isolation;
mod isolation_keys;
mod keeping;
mod lateness;
mod listener;
mod listing;
mod model;
mod porting;
mod recalling;
mod residents;
mod stopping;
mod support;
