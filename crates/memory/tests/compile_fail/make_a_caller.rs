//! Must not compile: make a caller.

use anchorhold_identity::Caller;

fn main() {
    let _caller = Caller { credential: panic!(), tenant: None, vouched: None, way: panic!(), judged_at: panic!() };
}
