//! Model servers: where they lie, which models they serve, and how a request gets there.
//!
//! INVARIANT: where a request goes is said by the configuration alone. A request names a model, never an
//! address; each server's key goes to that server's host and nowhere else; a redirect is never followed; what
//! a client showed to prove itself stays here, because only what [`Call`] holds is sent.
//!
//! To add a property of a server: a field of [`Settings`], a key in the configuration file's table. What is
//! said in a chat, and what is remembered of it, is no matter of this crate.
#![forbid(unsafe_code)]

mod breaker;
mod failure;
mod listing;
mod reply;
mod resolver;
mod routes;
mod server;
mod settings;

pub use failure::{Failure, Phase};
pub use reply::Reply;
pub use routes::{Listed, Route, Upstreams};
pub use server::{Call, Server};
pub use settings::{Deadlines, Model, Settings, SettingsError};
