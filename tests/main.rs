//! The suite of the whole repository: the real binary, seen from outside. One module, one theme.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that finds something else fails, and says where"
)]

mod cli;
mod clients;
mod crash;
mod faults;
mod isolation;
mod noninterference;
mod plaintext;
mod process;
mod recall;
mod support;
