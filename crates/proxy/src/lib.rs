//! Chats as they pass: what is asked, what of the memory stands in the prompt, what is kept of it.
//!
//! Everything here is computed from what it is given: no clock, no network, no store. `chat` reads a request,
//! `housekeeping` says whether it is worth remembering, `block` words memories, `budget` and `trim` see to it
//! that a prompt fits its model, `prompt` puts it together, `events` and `heard` read what is answered, `turn`
//! says what is kept, and `unwrap` what of a message are the user's own words.
//!
//! To add a sort of request that is no conversation: a case in `housekeeping.rs`. To add a tokenizer: a
//! variant in `tokens.rs`.
#![forbid(unsafe_code)]

mod block;
mod budget;
mod chat;
mod events;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod heard;
mod housekeeping;
mod json;
mod message;
mod problem;
mod prompt;
mod rename;
mod tokens;
mod trim;
mod turn;
mod unwrap;

pub use block::{Recollection, block_of};
pub use budget::Zones;
pub use chat::{Chat, is_stream, model};
pub use events::{Events, is_done};
pub use heard::Heard;
pub use housekeeping::{Errand, errand};
pub use message::{Message, Role};
pub use problem::Problem;
pub use prompt::{Block, Fit, Prompt, TooLong, fitted_block};
pub use rename::{renamed, renamed_event};
pub use turn::{Said, Turn, parts};
