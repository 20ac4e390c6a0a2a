//! `DELETE /v1/namespaces/{id}`: destroys a named namespace with all that is in it.

use anchorhold_identity::Admin;
use anchorhold_wire::Code;
use anchorhold_wire::namespace::NamespaceDeleted;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::{WRITES, erase};

pub(in crate::routes) fn route() -> Route {
    Route::delete("/v1/namespaces/{id}", "namespace_delete", delete)
        .summary("Destroy a named namespace.")
        .gives::<NamespaceDeleted>(200, "The namespace is gone.")
        .refuses(&[Code::NamespaceNotFound, Code::AccessForbidden])
        .refuses(WRITES)
}

fn delete(call: &Call) -> Result<Reply, Refusal> {
    let scope = call.by_id::<Admin>()?;
    let receipt = call.app.engine.erase_namespace(&scope)?;
    Reply::ok(
        call,
        &NamespaceDeleted {
            id: scope.namespace(),
            deleted: true,
            receipt: Some(erase::body(receipt)),
        },
    )
}
