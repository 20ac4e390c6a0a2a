//! Pages of browsers on the operator listener: none but its own, and none by a name that somebody's
//! name server could point here.

use anchorhold_wire::Code;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

use crate::credential::{host_address, host_name};
use crate::exchange::Peer;
use crate::metrics::Listener;
use crate::refusal::Refusal;
use crate::state::App;

/// Refuses a foreign page. A request without `Origin` is no page; its `Host` decides nothing.
pub(crate) fn check(
    app: &App,
    listener: Listener,
    peer: Peer,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    let is_operator = listener == Listener::Operator;
    if !is_operator || !headers.contains_key(ORIGIN) || is_own_page(scheme(app, peer), headers) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::AccessForbidden,
        "no page of another origin may use the operator listener; leave out the header Origin",
    ))
}

/// What a page of this listener begins with: one of another scheme may be anybody's.
fn scheme(app: &App, peer: Peer) -> &'static str {
    // Behind a proxy that ends TLS it is that of the proxy.
    if peer.is_encrypted || app.ends_tls(peer) {
        "https://"
    } else {
        "http://"
    }
}

fn is_own_page(scheme: &str, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(ORIGIN), text(HOST)) else {
        return false;
    };
    let is_certain =
        host_name(host).eq_ignore_ascii_case("localhost") || host_address(host).is_some();
    origin.strip_prefix(scheme) == Some(host)
        && is_certain
        && headers.get_all(ORIGIN).iter().count() == 1
}
