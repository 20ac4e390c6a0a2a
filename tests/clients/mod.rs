//! The client libraries: their own tests, against the real binary.

mod typescript;
