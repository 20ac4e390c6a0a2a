//! Must not compile: invent a right.

use anchorhold_identity::Right;
use anchorhold_model::Access;

enum Everything {}

impl Right for Everything {
    const ACCESS: Access = Access::Admin;
}

fn main() {}
