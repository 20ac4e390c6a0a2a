//! The MCP door (Model Context Protocol): a few tools with which a model keeps, finds and forgets what it is
//! told.
//!
//! INVARIANT: no tool has an argument that says whose memory is meant; an argument that is not listed is
//! refused. Whoever serves the door shows it a [`Desk`] for each message, which does what a tool asks in the
//! name of that message alone: nothing is remembered of an earlier one.
//!
//! `door` takes a message through the protocol (`rmcp`), `handler` answers it, `arguments` reads what a model
//! says, `shown` says what it is told. To add a tool: a variant in `tool.rs` with its definition, its arguments
//! in `arguments.rs`, its answer in `shown.rs`; then whoever serves the door learns to do it.
#![forbid(unsafe_code)]

mod arguments;
mod desk;
mod door;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod handler;
mod schema;
mod shown;
mod tool;

pub use arguments::Asked;
pub use desk::{Desk, Done};
pub use door::{Answer, Door};
pub use tool::Tool;
