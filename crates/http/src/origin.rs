//! Pages of browsers on the operator listener, and wherever a request needs no credential: none but the
//! listener's own, and none by a name that somebody's name server could point here.

use anchorhold_identity::ListenerPolicy;
use anchorhold_wire::Code;
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};

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

/// Refuses a page where a request that shows no credential would be let in: a browser sends it for
/// whoever wrote the page. One that a page of elsewhere caused bears its `Origin`, or says that it is not
/// of the same origin, or came by a name that a name server of elsewhere has pointed here; where TLS is
/// spoken, no name of elsewhere leads here.
pub(crate) fn check_anonymous(
    app: &App,
    listener: ListenerPolicy,
    peer: Option<&Peer>,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    let shows = headers.contains_key(AUTHORIZATION) || headers.contains_key("x-api-key");
    if listener.tenant.is_none()
        || shows
        || peer.is_some_and(|peer| is_no_page(app, *peer, headers))
    {
        return Ok(());
    }
    Err(Refusal::new(
        Code::AccessForbidden,
        "without a key no page of a browser may use this listener: ask by an address such as \
         127.0.0.1, without the header Origin, or send a key",
    ))
}

/// Whether no page of elsewhere has caused a request.
fn is_no_page(app: &App, peer: Peer, headers: &HeaderMap) -> bool {
    let is_of_here = |site: &HeaderValue| site == "same-origin" || site == "none";
    (is_proved(app, peer) || is_certain(headers))
        && headers.get_all("sec-fetch-site").iter().all(is_of_here)
        && (!headers.contains_key(ORIGIN) || is_own_page(scheme(app, peer), headers))
}

/// Whether TLS is spoken with whoever asks, so that no name of elsewhere leads here.
pub(crate) fn is_proved(app: &App, peer: Peer) -> bool {
    // A proxy on this machine may pass on whatever name it is asked by.
    peer.is_encrypted || (app.ends_tls(peer) && !peer.is_loopback())
}

/// Whether `Host` is of no name server.
fn is_certain(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let host = host.filter(|_| hosts.next().is_none());
    host.is_some_and(|host| {
        host_name(host).eq_ignore_ascii_case("localhost") || host_address(host).is_some()
    })
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
    origin.strip_prefix(scheme) == Some(host)
        && is_certain(headers)
        && headers.get_all(ORIGIN).iter().count() == 1
}
