//! Must not compile: clone the system authority.

use anchorhold_identity::SystemAuthority;

fn twice(authority: &SystemAuthority) -> SystemAuthority {
    Clone::clone(authority)
}

fn main() {}
