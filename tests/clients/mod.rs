//! Clients against the real binary: the client libraries with their own tests, and those of other houses.

mod mcp;
pub(crate) mod openai;
pub(crate) mod python;
mod typescript;
