//! Must not compile: clone a namespace key.

use anchorhold_crypto::NamespaceKey;

fn twice(key: &NamespaceKey) -> NamespaceKey {
    Clone::clone(key)
}

fn main() {}
