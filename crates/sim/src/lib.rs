//! One seed makes two worlds in which one caller does the same and all others act differently.
//!
//! Whatever the caller sees must be equal, byte for byte: that is what isolation means. Its replies
//! and what it keeps are compared after every step, its audit entries when it leaves, what it keeps
//! once more and its files at the end of the run.
//!
//! [`duo`] runs and compares, [`actor`] makes up what people do, [`others`] what neighbours do to
//! each other, [`world`] is a whole server on a clock and a seed of its own. To add a verb: a
//! variant of [`request::Verb`], an arm in `library.rs`, a case in `actor.rs`.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests alone use it, and one that finds something else fails and says where"
)]

pub mod actor;
mod bodies;
mod caller;
mod cast;
pub mod chance;
pub mod duo;
mod embedder;
pub mod exchange;
mod files;
mod habits;
mod library;
pub mod others;
mod pipe;
pub mod request;
pub mod shrink;
pub mod world;
