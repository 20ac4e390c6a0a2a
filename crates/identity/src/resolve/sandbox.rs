//! What a request shows of a sandbox: a token of this server that tells its claimant from others.

use anchorhold_model::{SessionId, TrustMode};

use crate::{Caller, Denial, Headers, Reason, TenantRecord};

/// The header of the token.
const HEADER: &str = "x-anchorhold-sandbox";

/// Whether requests of a tenant may end in a sandbox.
fn has_any(tenant: &TenantRecord) -> bool {
    tenant.policy.trust_mode == TrustMode::Quarantine
}

/// The token that is shown. What is none is as good as none.
pub(super) fn shown(caller: &Caller, headers: Headers<'_>) -> Result<Option<SessionId>, Denial> {
    if !caller.tenant().is_some_and(has_any) {
        return Ok(None);
    }
    let sent = headers.one(HEADER).map_err(|problem| {
        Denial::of_stranger(Reason::IdentityHeaderInvalid {
            header: HEADER.into(),
            problem,
        })
    })?;
    Ok(sent.and_then(SessionId::parse))
}
