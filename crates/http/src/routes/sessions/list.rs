//! `GET /v1/sessions`: a tenant admin sees which sessions live.

use anchorhold_memory::SessionRecord;
use anchorhold_wire::Code;
use anchorhold_wire::session::{SessionList, SessionListed};

use crate::call::Call;
use crate::query::LIMIT;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/sessions", "session_list", list)
        .summary("List the sessions of this tenant that were used last.")
        .query(&[LIMIT])
        .gives::<SessionList>(200, "The sessions, without the ids that lead into them.")
        .refuses(&[Code::AccessForbidden])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let limit = call.query.limit()?;
    let sessions = call.app.engine.session_list(&call.tenant_admin()?, limit)?;
    let sessions = sessions.iter().map(listed).collect();
    Reply::ok(call, &SessionList { sessions })
}

fn listed(record: &SessionRecord) -> SessionListed {
    SessionListed {
        session: record.handle,
        created_at: record.created_at,
        used_at: record.used_at,
        expires_at: record.expires_at,
        has_namespace: record.namespace.is_some(),
    }
}
