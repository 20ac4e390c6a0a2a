//! The weight file: one layout that `cargo xtask export-model` writes and the encoder reads.
//!
//! A header of 64 bytes, then sections, each starting at a multiple of 64 bytes, in the order
//! of the fields of [`Weights`]; all numbers little-endian. A [`Linear`] is its packed codes, then
//! `scales`, `biases` and `code_sums` of one panel after the other. [`pack`] says how codes are
//! packed.

mod checksum;
mod limits;
mod pack;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use checksum::checksum;
pub use pack::{code_sums, pack};
pub use write::{FileWriter, Shape};

pub(crate) use limits::limits;
pub(crate) use read::{Channels, Factors, Layer, Linear, Norm, Weights};

/// First bytes of a weight file.
pub const MAGIC: [u8; 8] = *b"AHENCODE";
/// Version of the layout.
pub const VERSION: u32 = 1;
/// Length of the header; also the alignment of every section.
pub const ALIGNMENT: usize = 64;
