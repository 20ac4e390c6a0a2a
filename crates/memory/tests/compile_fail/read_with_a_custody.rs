//! Must not compile: read records with the custody of their bytes.

use anchorhold_identity::Custody;
use anchorhold_store::Vault;

fn load(vault: &Vault, custody: &Custody) {
    let _ = vault.load(custody, &mut |_, _| Ok(()));
}

fn main() {}
