//! `GET /metrics`: the counters of the process; without a key on this machine alone.

use axum::http::StatusCode;

use crate::call::Call;
use crate::metrics;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Guard, Route};

pub(in crate::routes) fn route() -> Route {
    Route::get("/metrics", "metrics", read)
        .summary("Read the counters of the process.")
        .guard(Guard::KeyUnlessLocal)
        .gives_text("The counters in the text format of Prometheus.")
}

fn read(call: &Call) -> Result<Reply, Refusal> {
    if call.needs_credential {
        call.operator()?;
    }
    let text = metrics::text(&call.app).into_bytes();
    let media_type = "text/plain; version=0.0.4; charset=utf-8";
    Ok(Reply::bytes(StatusCode::OK, media_type, text))
}
