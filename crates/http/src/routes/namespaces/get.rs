//! `GET /v1/namespaces/{id}`: one named namespace.

use anchorhold_identity::Read;
use anchorhold_wire::Code;
use anchorhold_wire::namespace::NamespaceBody;

use super::body;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/namespaces/{id}", "namespace_get", get)
        .summary("Describe a named namespace.")
        .gives::<NamespaceBody>(200, "The namespace.")
        .refuses(&[Code::NamespaceNotFound, Code::AccessForbidden])
}

fn get(call: &Call) -> Result<Reply, Refusal> {
    let scope = call.by_id::<Read>()?;
    let record = call.app.engine.namespace_describe(&scope)?;
    Reply::ok(call, &body(record))
}
