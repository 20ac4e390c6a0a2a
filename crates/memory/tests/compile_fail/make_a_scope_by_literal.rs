//! Must not compile: make a scope by literal.

use anchorhold_identity::{Read, Scope};

fn main() {
    let _scope: Scope<Read> = Scope { inner: panic!(), right: std::marker::PhantomData };
}
