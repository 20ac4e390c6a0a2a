//! Must not compile: debug a secret.

use anchorhold_crypto::Secret;

fn show(secret: &Secret) -> String {
    format!("{secret:?}")
}

fn main() {}
