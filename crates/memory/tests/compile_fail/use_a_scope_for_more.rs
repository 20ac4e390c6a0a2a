//! Must not compile: use a scope for more.

use anchorhold_identity::{Scope, Write};
use anchorhold_memory::Engine;
use anchorhold_model::RecordId;

fn delete(engine: &Engine, scope: &Scope<Write>, id: RecordId) {
    let _ = engine.delete(Some(scope), id);
}

fn main() {}
