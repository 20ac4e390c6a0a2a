//! The client against a server of a few lines that answers canned replies.
#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests end a test that went wrong"
)]

#[path = "../../../http/tests/support/tls.rs"]
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of these tests end a test that went wrong"
)]
mod certificates;
mod chat;
mod failures;
mod mcp;
mod quarantine;
mod relocation;
mod responder;
mod routes;
mod tls;
mod users;
