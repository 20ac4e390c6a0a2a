//! The JSON shapes of every door, and the one place where a body becomes nouns of the model.
//!
//! To add a body: a struct in the file of its noun with `deny_unknown_fields` (requests alone) and
//! doc comments, which become the descriptions of the OpenAPI document; an implementation of
//! [`Request`] that checks every limit and names the field; an example in `tests/replies.rs`.
//! To add an error: one line in `code.rs`, then accept the changed snapshot.
#![forbid(unsafe_code)]

pub mod address;
pub mod backup;
pub mod batch;
mod bounded;
pub mod chat;
mod check;
mod code;
pub mod embedding;
pub mod erase;
mod error;
pub mod explain;
pub mod export;
pub mod forget;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod health;
pub mod hmac_key;
pub mod invite;
pub mod jwt_key_set;
pub mod key;
pub mod mcp;
pub mod memory;
pub mod namespace;
mod object;
mod outline;
mod parse;
pub mod patch;
pub mod quarantine;
pub mod recall;
mod rejection;
pub mod relocation;
mod request;
pub mod resolution;
mod schema;
pub mod session;
pub mod sources;
pub mod tenant;
pub mod user;
mod vector;
pub mod verify;
mod walk;
pub mod whoami;
mod word;

pub use check::page_limit;
pub use code::Code;
pub use error::{ErrorBody, ErrorDetail};
pub use parse::parse;
pub use rejection::Rejection;
pub use request::{Request, read};

/// Types whose values may hold what callers keep or present show their name alone.
macro_rules! redacted_debug {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}
pub(crate) use redacted_debug;
