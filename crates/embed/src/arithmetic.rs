//! The float arithmetic of the encoder: one order of operations for every processor.
//!
//! INVARIANT: no fused multiply-add, and sums run over 16 lanes which are folded in one fixed
//! order. Otherwise paths would differ in the last bit, and an index built on one machine would
//! differ from the same index on another.

pub(crate) mod attention;
pub(crate) mod exponential;
pub(crate) mod gelu;
pub(crate) mod lanes;
pub(crate) mod linear;
pub(crate) mod norm;
pub(crate) mod quantise;
#[cfg(test)]
mod tests;
