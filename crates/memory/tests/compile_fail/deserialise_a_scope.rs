//! Must not compile: deserialise a scope.

use anchorhold_identity::{Read, Scope};

fn read(text: &str) -> Scope<Read> {
    serde_json::from_str(text).unwrap()
}

fn main() {}
