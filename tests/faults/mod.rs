//! Disks that are full, refuse, or do not keep what they were given, limits of the system, all on
//! the real binary: every refusal is typed, reads go on, nothing is acknowledged that is not kept,
//! and everything goes on by itself when the fault is over.
//!
//! `client` makes requests and remembers what it was told, `injection` lets system calls fail,
//! `small_disk` is a disk of eight megabytes; one file per kind of fault.

pub(crate) mod client;
mod descriptors;
mod file_size;
mod full_disk;
mod house;
mod injection;
mod small_disk;
mod syncs;
