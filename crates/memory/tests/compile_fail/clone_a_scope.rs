//! Must not compile: clone a scope.

use anchorhold_identity::{Read, Scope};

fn twice(scope: &Scope<Read>) -> Scope<Read> {
    Clone::clone(scope)
}

fn main() {}
