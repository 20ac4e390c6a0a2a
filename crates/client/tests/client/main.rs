//! The client against a server of a few lines that answers canned replies.
#![expect(
    clippy::expect_used,
    reason = "the helpers of these tests end a test that went wrong"
)]

mod failures;
mod responder;
mod routes;
