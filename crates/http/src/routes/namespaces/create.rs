//! `POST /v1/namespaces`: makes a named namespace.

use anchorhold_wire::Code;
use anchorhold_wire::namespace::{CreateNamespace, NamespaceBody, NewNamespace};

use super::body;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/namespaces", "namespace_create", create)
        .summary("Make a named namespace.")
        .takes::<CreateNamespace>()
        .gives::<NamespaceBody>(201, "The namespace is made.")
        .refuses(&[
            Code::NameInvalid,
            Code::NamespaceForbidden,
            Code::AccessForbidden,
            Code::NamespaceExists,
        ])
        .refuses(WRITES)
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let NewNamespace { name, description } = call.body::<CreateNamespace>()?;
    let proof = call.creation(name)?;
    let record = call.app.engine.namespace_create(&proof, description)?;
    Reply::created(call, &body(record))
}
