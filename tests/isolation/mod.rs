//! Who sees what: the served routes as strangers, neighbours and owners meet them, over loopback.
//!
//! To add a promise: a test in the file of its theme. To add a route: a line in `requests.rs`,
//! without which the access matrix fails.

mod access_matrix;
mod actors;
mod alice_and_bob;
mod credentials;
mod egress;
mod grants;
mod header_corpus;
mod house;
mod identifiers;
mod lists;
mod memories;
mod namespaces;
mod oracle;
mod overriding;
mod past;
mod path_corpus;
mod people;
mod recalls;
mod requests;
mod session_corpus;
pub(crate) mod signed;
mod tenants;
mod trust_modes;
mod world;
