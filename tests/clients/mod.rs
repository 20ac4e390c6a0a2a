//! The client libraries: their own tests, against the real binary.

mod mcp;
pub(crate) mod python;
mod typescript;
