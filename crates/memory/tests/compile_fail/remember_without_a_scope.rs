//! Must not compile: remember without a scope.

use anchorhold_memory::Engine;
use anchorhold_model::{Draft, NamespaceId};

fn remember(engine: &Engine, namespace: NamespaceId, draft: Draft) {
    let _ = engine.remember(&namespace, draft);
}

fn main() {}
