//! Must not compile: make a verdict.

use anchorhold_identity::{Ruling, Verdict};

fn main() {
    let _verdict = Verdict { ruling: Ruling::Own, piece: None, resolution: panic!(), trust_mode: panic!() };
}
