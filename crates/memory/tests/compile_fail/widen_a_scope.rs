//! Must not compile: widen a scope.

use anchorhold_identity::{Read, Scope, Write};

fn widen(scope: &Scope<Read>) -> Scope<Write> {
    scope.narrow()
}

fn main() {}
