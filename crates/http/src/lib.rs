//! The HTTP door: requests in, verbs of the engine out; it owns no rule about identity or ranking.
//!
//! A request passes `connection` (through `tls`, where that is spoken) -> `door` (request id, no key in
//! clear, canonical path) -> `router` -> `exchange` (credential, body, a worker) -> one file of
//! `routes/`, which asks the gate and calls one verb.
//! Inside an application (`application`) a request begins at `door`.
//! To add a route: a file `routes/<noun>/<verb>.rs` with a `route()`, one line in the list of its
//! listener in `routes.rs`, then accept the changed OpenAPI document in `tests/snapshots/`.
#![forbid(unsafe_code)]

// The support of the integration tests names the crate from outside.
#[cfg(test)]
extern crate self as anchorhold_http;
#[cfg(test)]
#[allow(
    dead_code,
    unused_imports,
    reason = "the integration tests use the rest of it"
)]
#[path = "../tests/support/mod.rs"]
mod support;

mod application;
mod ask;
mod body;
mod call;
mod came;
mod connection;
mod cors;
mod credential;
mod door;
mod exchange;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod if_match;
mod in_clear;
mod inside;
mod limits;
mod mcp;
mod metrics;
mod openapi;
mod origin;
mod path;
mod pool;
mod query;
mod refusal;
mod relay;
mod reply;
mod request_id;
mod room;
mod route;
mod router;
mod routes;
#[cfg(feature = "sabotage")]
mod sabotage;
mod server;
mod session;
mod state;
mod stream;
mod timed;
mod tls;
mod written;

pub use application::TenantRoutes;
pub use inside::Inside;
pub use limits::Limits;
pub use mcp::McpOptions;
pub use openapi::{operator_document, tenant_document};
pub use server::{Bound, bind, serve};
pub use state::{App, Options};
pub use tls::{Tls, TlsError};
