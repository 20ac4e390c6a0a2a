//! Must not compile: make a scope by its constructor.

use anchorhold_identity::{Read, Scope};

fn main() {
    let _scope: Scope<Read> = Scope::new(panic!());
}
