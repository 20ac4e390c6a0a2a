//! Must not compile: load a vault without a scope.

use anchorhold_model::NamespaceId;
use anchorhold_store::Vault;

fn load(vault: &Vault, namespace: NamespaceId) {
    let _ = vault.load(&namespace, &mut |_, _| Ok(()));
}

fn main() {}
