//! One seed makes two worlds in which one caller does the same and all others act differently.
//!
//! Whatever the caller sees must be equal, byte for byte: that is what isolation means. Its replies
//! and what it keeps are compared after every step, its audit entries when it leaves, what it keeps
//! once more and its files at the end of the run.
//!
//! [`duo`] runs and compares, [`actor`] makes up what people do, [`others`] what neighbours do to
//! each other, [`world`] is a whole server on a clock and a seed of its own. To add a verb: a
//! variant of [`request::Verb`], an arm in `library.rs`, a case in `actor.rs` or, for admins, in
//! `managing.rs`, its weight in `verbs.rs`.
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
mod errands;
pub mod exchange;
mod files;
mod habits;
pub mod known;
mod library;
mod managing;
pub mod others;
mod pipe;
pub mod request;
pub mod shrink;
mod verbs;
pub mod world;
