//! `GET /readyz`: 503 when traffic should not come.

use anchorhold_wire::health::ReadyReply;
use axum::http::StatusCode;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Guard, Route};

pub(in crate::routes) fn route() -> Route {
    Route::get("/readyz", "ready", readyz)
        .summary("Say whether traffic should come.")
        .guard(Guard::Open)
        .gives::<ReadyReply>(200, "Traffic may come.")
        .gives::<ReadyReply>(503, "Traffic should stay away; the body says why.")
}

fn readyz(call: &Call) -> Result<Reply, Refusal> {
    if call.app.is_draining() {
        let reasons = vec!["the server is shutting down".to_owned()];
        let body = ReadyReply {
            ready: false,
            reasons,
        };
        return Reply::json(call, StatusCode::SERVICE_UNAVAILABLE, &body);
    }
    Reply::ok(
        call,
        &ReadyReply {
            ready: true,
            reasons: Vec::new(),
        },
    )
}
