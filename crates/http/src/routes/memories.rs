//! Memories, one verb a file.

pub(super) mod batch;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use anchorhold_identity::{Right, Scope};
use anchorhold_memory::Remembered;
use anchorhold_model::Memory;
use anchorhold_wire::address::AddressBody;
use anchorhold_wire::memory::MemoryBody;

/// A memory of the scope's namespace as replies show it.
pub(super) fn body<A: Right>(scope: &Scope<A>, memory: &Memory) -> MemoryBody {
    MemoryBody::new(memory, AddressBody::from(&scope.address().place))
}

/// Several of them; without a scope there are none.
pub(super) fn bodies<A: Right>(scope: Option<&Scope<A>>, memories: &[Memory]) -> Vec<MemoryBody> {
    let bodies = scope.map(|scope| memories.iter().map(|memory| body(scope, memory)));
    bodies.into_iter().flatten().collect()
}

/// A memory that was just kept: says whether it was there already, and when its text was long.
pub(super) fn kept<A: Right>(scope: &Scope<A>, remembered: &Remembered) -> MemoryBody {
    let windows = u64::try_from(remembered.windows).unwrap_or(u64::MAX);
    MemoryBody {
        replayed: remembered.replayed,
        windows: (windows > 1).then_some(windows),
        ..body(scope, &remembered.memory)
    }
}
