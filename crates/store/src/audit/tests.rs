//! Promises of the audit log; one file each.

mod chain;
mod durability;
mod entries;
mod world;
