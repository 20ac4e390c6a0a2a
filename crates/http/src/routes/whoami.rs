//! `GET /v1/whoami`: what the server makes of a credential and its headers.

use anchorhold_gate::Who;
use anchorhold_identity::Strength;
use anchorhold_wire::address::AddressBody;
use anchorhold_wire::key::GrantBody;
use anchorhold_wire::whoami::{self as wire, SubjectBody, WhoamiReply};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/whoami", "whoami", whoami)
        .summary("Say who this request speaks for.")
        .speaks(Speaks::ForUser)
        .gives::<WhoamiReply>(200, "Who the request speaks for, and what it may reach.")
}

fn whoami(call: &Call) -> Result<Reply, Refusal> {
    Reply::ok(call, &body(call.who()?))
}

pub(super) fn body(who: Who) -> WhoamiReply {
    WhoamiReply {
        tenant: who.tenant.as_str().to_owned(),
        subject: who.subject.as_ref().map(SubjectBody::from),
        role: who.role,
        strength: strength(who.strength),
        trust_mode: who.trust_mode,
        namespace: who.place.as_ref().map(AddressBody::from),
        namespace_id: who.namespace,
        grants: who.grants.iter().map(GrantBody::from).collect(),
        key_id: who.key,
    }
}

/// How sure something is, as replies say it.
pub(super) const fn strength(strength: Option<Strength>) -> wire::Strength {
    match strength {
        Some(Strength::Proven) => wire::Strength::Proven,
        Some(Strength::Asserted) => wire::Strength::Asserted,
        Some(Strength::Claimed) => wire::Strength::Claimed,
        None => wire::Strength::None,
    }
}
