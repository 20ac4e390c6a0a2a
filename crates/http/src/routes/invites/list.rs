//! `GET /v1/invites`: a tenant's admin sees which invitations wait.

use anchorhold_wire::Code;
use anchorhold_wire::invite::InviteList;

use super::listed;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/invites", "invite_list", list)
        .summary("List the invitations that nobody has used yet.")
        .gives::<InviteList>(200, "The invitations, without what redeems them.")
        .refuses(&[Code::AccessForbidden])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    let records = call.app.engine.invite_list(&call.tenant_admin()?)?;
    let invites = records.iter().filter_map(|record| listed(record)).collect();
    Reply::ok(call, &InviteList { invites })
}
