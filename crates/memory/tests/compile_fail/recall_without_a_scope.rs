//! Must not compile: recall without a scope.

use anchorhold_memory::{Engine, Question};

fn recall(engine: &Engine) {
    let _ = engine.recall(Some("alice"), &Question::new("what?"));
}

fn main() {}
