//! The HTTP door over loopback, with a real store, a small embedder, and time that stands still.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that finds something else fails, and says where"
)]

mod application;
mod at_hand;
mod batch;
mod bodies;
mod body_evidence;
mod brought_tokens;
mod chat;
mod clients;
mod connections;
mod cors;
mod credentials;
mod document;
mod doors;
mod embedding;
mod erasing;
mod explain;
mod floods;
mod in_clear;
mod invites;
mod keys;
mod listener;
mod mcp;
mod memories;
mod methods_and_paths;
mod names;
mod namespaces;
mod operations;
mod overload;
mod porting;
mod published_keys;
mod quarantine;
mod read_along;
mod relocation;
mod replies;
mod resolutions;
mod sessions;
mod shutdown;
mod signed;
mod signed_tokens;
mod sources;
mod support;
mod tenants;
mod tls;
mod users;
