//! Must not compile: make a custodian.

use anchorhold_identity::Custodian;

fn main() {
    let _custodian = Custodian { actor: panic!() };
}
