//! `POST /v1/keys`: a tenant admin makes a key.

use anchorhold_wire::Code;
use anchorhold_wire::key::{CreateKey, KeyCreated};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::routes::keys;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/keys", "key_create", create)
        .summary("Make an API key of this tenant.")
        .takes::<CreateKey>()
        .gives::<KeyCreated>(201, "The key; it is not shown again.")
        .refuses(&[
            Code::AccessForbidden,
            Code::NameInvalid,
            Code::GrantPatternInvalid,
            Code::AuditUnavailable,
        ])
}

fn create(call: &Call) -> Result<Reply, Refusal> {
    let new = keys::new_key(call)?;
    keys::make(call, &call.tenant_admin()?, new)
}
