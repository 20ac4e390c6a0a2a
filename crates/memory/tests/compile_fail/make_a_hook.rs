//! Must not compile: make the right of an application.

use anchorhold_identity::Hook;
use anchorhold_model::TenantId;

fn main() {
    let tenant = TenantId::from_bytes([0; 16]);
    let _hook = Hook { tenant, actor: panic!() };
}
