//! Named namespaces, one verb a file.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod relocate;
pub(super) mod update;

use anchorhold_memory::NamespaceRecord;
use anchorhold_wire::namespace::NamespaceBody;

/// A namespace as replies show it.
fn body(record: NamespaceRecord) -> NamespaceBody {
    NamespaceBody {
        id: record.id,
        name: record.name.to_string(),
        description: record.description,
        created_at: record.created_at,
    }
}
