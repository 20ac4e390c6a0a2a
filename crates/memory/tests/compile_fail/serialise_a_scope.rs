//! Must not compile: serialise a scope.

use anchorhold_identity::{Read, Scope};

fn write(scope: &Scope<Read>) -> String {
    serde_json::to_string(scope).unwrap()
}

fn main() {}
