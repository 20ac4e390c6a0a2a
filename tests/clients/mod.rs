//! Clients against the real binary: the client libraries with their own tests, and those of other houses.

pub(crate) mod openai;
pub(crate) mod python;
mod typescript;
