//! `GET /openapi.json`: the document of the listener that is asked.

use axum::http::StatusCode;

use crate::call::Call;
use crate::openapi::{operator_document, tenant_document};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Guard, Route};

pub(in crate::routes) fn tenant_route() -> Route {
    route(|_| Ok(answer(tenant_document())))
}

pub(in crate::routes) fn operator_route() -> Route {
    route(|_| Ok(answer(operator_document())))
}

fn route(run: fn(&Call) -> Result<Reply, Refusal>) -> Route {
    Route::get("/openapi.json", "document", run)
        .summary("This document.")
        .guard(Guard::Open)
        .gives_text("The OpenAPI document of this listener.")
}

fn answer(document: &'static str) -> Reply {
    Reply::bytes(StatusCode::OK, "application/json", document.as_bytes())
}
