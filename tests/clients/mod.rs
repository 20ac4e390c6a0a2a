//! The client libraries: their own tests, against the real binary.

pub(crate) mod python;
mod typescript;
