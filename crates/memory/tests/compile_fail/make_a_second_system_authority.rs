//! Must not compile: make a second system authority.

use anchorhold_identity::SystemAuthority;

fn main() {
    let _second = SystemAuthority { only: () };
}
