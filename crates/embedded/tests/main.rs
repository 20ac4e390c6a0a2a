//! Anchorhold inside applications: their middleware, their routers, their connections.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod connections;
mod documents;
mod opening;
mod orders;
mod support;
