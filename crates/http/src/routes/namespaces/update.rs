//! `PATCH /v1/namespaces/{id}`: describes a named namespace anew.

use anchorhold_identity::Admin;
use anchorhold_wire::Code;
use anchorhold_wire::namespace::{NamespaceBody, PatchNamespace};

use super::body;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::patch("/v1/namespaces/{id}", "namespace_update", update)
        .summary("Describe a named namespace anew.")
        .takes::<PatchNamespace>()
        .gives::<NamespaceBody>(200, "The namespace after the change.")
        .refuses(&[Code::NamespaceNotFound, Code::AccessForbidden])
        .refuses(WRITES)
}

fn update(call: &Call) -> Result<Reply, Refusal> {
    let changes = call.body::<PatchNamespace>()?;
    let scope = call.by_id::<Admin>()?;
    let record = call
        .app
        .engine
        .namespace_update(&scope, changes.description)?;
    Reply::ok(call, &body(record))
}
