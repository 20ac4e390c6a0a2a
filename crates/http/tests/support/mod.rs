//! What the tests share: a server on free ports, a client that sees every byte, an embedder that
//! can be held, certificates, and an issuer that publishes its keys.

mod client;
mod embedder;
pub(crate) mod issuer;
mod server;
pub(crate) mod tls;
mod world;

pub(crate) use client::{Ask, Reply, SigningKey, open, read_reply};
pub(crate) use embedder::{HELD, PANICS};
pub(crate) use server::{Server, Setup};
