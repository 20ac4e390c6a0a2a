//! Must not compile: commit with a scope for reading.

use anchorhold_identity::{Read, Scope};
use anchorhold_store::Vault;

fn commit(vault: &Vault, scope: &Scope<Read>) {
    let _ = vault.commit(scope, Vec::new());
}

fn main() {}
