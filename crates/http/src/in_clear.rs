//! Keys in clear: over plain HTTP one may come from this machine and from a proxy that ends TLS, and from
//! nobody else.

use anchorhold_identity::{Denial, Door, Reason};
use axum::http::HeaderMap;

use crate::exchange::Peer;
use crate::refusal::Refusal;
use crate::state::App;

/// Headers that prove something to whoever reads them on their way.
const SECRETS: [&str; 5] = [
    "authorization",
    "x-anchorhold-signature",
    "x-api-key",
    "x-openwebui-user-jwt",
    "x-session-id",
];

/// Refuses a request with a proof that everybody on its way could read. Nobody looks at the proof.
pub(crate) fn check(app: &App, peer: Peer, headers: &HeaderMap) -> Result<(), Refusal> {
    let is_safe = peer.is_encrypted || peer.is_loopback() || app.ends_tls(peer);
    if is_safe || !SECRETS.iter().any(|name| headers.contains_key(*name)) {
        return Ok(());
    }
    let denial = Denial::of_stranger(Reason::CredentialInClear);
    // That of a stranger is counted and stands in no log of a tenant.
    app.engine.journal().denied(&denial, Door::Http, "in_clear");
    Err(denial.into())
}
