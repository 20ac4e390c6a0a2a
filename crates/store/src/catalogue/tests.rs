//! Promises of the catalogue; one file each.

mod keys;
mod namespaces;
mod plaintext;
mod promises;
mod reservations;
mod sandboxes;
mod sessions;
mod tampering;
mod tenants;
mod users;
pub(crate) mod world;
