//! Who sees what: the served routes as strangers, neighbours and owners meet them, over loopback.
//!
//! To add a promise: a test in the file of its theme. To add a route: a line in `requests.rs`,
//! without which the access matrix fails.

mod alice_and_bob;
mod house;
