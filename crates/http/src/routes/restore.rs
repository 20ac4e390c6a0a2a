//! `POST /v1/restore`: a backup goes back into its namespace, whole or not at all.

use std::sync::Arc;

use anchorhold_memory::Restore;
use anchorhold_wire::Code;
use anchorhold_wire::backup::Restored;

use super::backup::{MEDIA_TYPE, refused};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::stream::Sink;

pub(super) fn route() -> Route {
    Route::fed("/v1/restore", "restore", &[MEDIA_TYPE], None, restore)
        .summary("Put a backup in the place of what its namespace holds.")
        .gives::<Restored>(200, "It was checked, and is in its place.")
        .refuses(&[
            Code::NamespaceNotFound,
            Code::NamespaceUnavailable,
            Code::NamespacePoisoned,
            Code::VersionConflict,
            Code::RequestInvalid,
            Code::AuditUnavailable,
        ])
}

/// A backup that is on its way in.
struct Incoming(Restore, Arc<Call>);

fn restore(call: Arc<Call>) -> Result<Box<dyn Sink>, Refusal> {
    let custodian = call.operator()?.custodian();
    let restore = call.app.engine.restore(custodian)?;
    Ok(Box::new(Incoming(restore, call)))
}

impl Sink for Incoming {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.0.take(bytes).map_err(refused)
    }

    fn end(self: Box<Self>) -> Result<Reply, Refusal> {
        let Self(restore, call) = *self;
        let restored = restore.finish().map_err(refused)?;
        let restored = Restored {
            namespace: restored.namespace.to_string(),
            records: restored.records,
            sequence: restored.head.sequence,
            generation: restored.head.generation,
        };
        Reply::ok(&call, &restored)
    }
}
