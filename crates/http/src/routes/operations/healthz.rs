//! `GET /healthz`: 200 while the process lives; the body says what is degraded.

use anchorhold_wire::health::{HealthReply, Status};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Guard, Route};

pub(in crate::routes) fn route() -> Route {
    Route::get("/healthz", "health", healthz)
        .summary("Say that the process lives.")
        .guard(Guard::Open)
        .gives::<HealthReply>(200, "It lives; the body says what is degraded.")
}

fn healthz(call: &Call) -> Result<Reply, Refusal> {
    let degraded = call.app.engine.is_degraded();
    Reply::ok(
        call,
        &HealthReply {
            status: if degraded.is_empty() {
                Status::Ok
            } else {
                Status::Degraded
            },
            version: env!("CARGO_PKG_VERSION").to_owned(),
            degraded: degraded.into_iter().map(str::to_owned).collect(),
        },
    )
}
