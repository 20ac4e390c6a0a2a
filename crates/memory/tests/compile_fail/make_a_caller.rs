//! Must not compile: make a caller.

use anchorhold_identity::Caller;

fn main() {
    let _caller = Caller { credential: panic!(), tenant: None, vouched: None, judged_at: panic!() };
}
