//! `GET /v1/identity/resolutions`: the operator sees what requests were taken for lately.

use anchorhold_gate::Resolved;
use anchorhold_model::hex;
use anchorhold_wire::resolution::{ResolutionBody, ResolutionList};

use super::whoami;
use crate::call::Call;
use crate::query::LIMIT;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(super) fn route() -> Route {
    Route::get("/v1/identity/resolutions", "identity_resolutions", list)
        .summary("List what the last requests were taken for, without a name of anybody.")
        .query(&[LIMIT])
        .gives::<ResolutionList>(200, "The last ones since the start, newest first.")
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    call.operator()?;
    let limit = call.query.limit()?;
    let lately = call.app.gate.resolutions().lately(limit);
    let resolutions = lately.iter().map(body).collect();
    Reply::ok(call, &ResolutionList { resolutions })
}

fn body(resolved: &Resolved) -> ResolutionBody {
    let tenant = resolved.tenant.as_ref();
    ResolutionBody {
        at: resolved.at,
        request_id: resolved.request.map(|id| format!("req_{}", hex(&id))),
        verb: resolved.verb.to_owned(),
        tenant: tenant.map(|tenant| tenant.as_str().to_owned()),
        key_id: resolved.key,
        trust_mode: resolved.trust_mode,
        source: resolved.source.map(|source| source.as_str().to_owned()),
        strength: whoami::strength(resolved.strength),
        ruling: resolved.ruling.as_str().to_owned(),
        disagrees: resolved.disagrees,
        refusal: resolved.refusal.map(str::to_owned),
    }
}
