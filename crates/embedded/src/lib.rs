//! The composition root: what the program `anchorhold` is put together from, and an application that holds
//! it too.
//!
//! A part that is opened with the house is made in [`house`]. Time and chance are asked for in [`system`] and
//! nowhere else.
#![forbid(unsafe_code)]

pub mod chores;
mod error;
pub mod house;
pub mod key_file;
pub mod system;

pub use error::Error;
