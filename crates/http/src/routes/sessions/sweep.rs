//! `POST /v1/sessions/sweep`: a tenant admin has sessions destroyed that are over, now.

use anchorhold_wire::Code;
use anchorhold_wire::session::Swept;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/sessions/sweep", "session_sweep", sweep)
        .summary("Destroy the sessions of this tenant that are over.")
        .gives::<Swept>(200, "How many they were.")
        .refuses(&[Code::AccessForbidden, Code::AuditUnavailable])
}

fn sweep(call: &Call) -> Result<Reply, Refusal> {
    let proof = call.tenant_admin()?.session_sweep();
    let swept = call.app.engine.session_sweep(&proof)?;
    let swept = u64::try_from(swept).unwrap_or(u64::MAX);
    Reply::ok(call, &Swept { swept })
}
