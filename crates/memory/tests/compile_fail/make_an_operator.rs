//! Must not compile: make an operator.

use anchorhold_identity::Operator;

fn main() {
    let _operator = Operator { actor: panic!() };
}
