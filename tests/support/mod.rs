//! What all suites share: the real binary on free ports, a client that sees every byte, and the
//! one shape that every refusal must have.

mod http;
pub(crate) mod packages;
mod server;
mod shape;
#[path = "../../crates/http/tests/support/tls.rs"]
pub(crate) mod tls;
mod upstream;

pub(crate) use http::{Ask, Reply, exchange};
pub(crate) use server::{KEK, Server};
pub(crate) use shape::CODES;
pub(crate) use upstream::Upstream;
