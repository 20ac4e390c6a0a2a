//! Must not compile: make a scope by default.

use anchorhold_identity::{Read, Scope};

fn main() {
    let _scope: Scope<Read> = Default::default();
}
