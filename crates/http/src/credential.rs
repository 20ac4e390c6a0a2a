//! Whether a request carries a credential at all, asked before a byte of its body is read.

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_identity::{Denial, Door, Fetching, Headers, Reason, authenticate_by};
use axum::http::header::{FORWARDED, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};

use crate::came::Came;
use crate::exchange::Peer;
use crate::refusal::Refusal;
use crate::room::Holder;
use crate::route::Route;
use crate::state::App;

/// All header lines as identity reads them.
pub(crate) fn lines(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}

/// On whose account a request comes. Refuses one without a credential that counts, before its query
/// or body is read or judged: the gate asks again with everything that they say.
pub(crate) async fn check(
    app: &Arc<App>,
    headers: &HeaderMap,
    came: &Came,
    route: &Route,
) -> Result<Holder, Refusal> {
    // A key that was seen before is judged at once: the way to a porter costs more than a look into
    // memory. Whatever may wait, for a row or for the audit log, is a porter's.
    let found = lines(headers);
    let found = Headers::new(&found);
    let (at_hand, now) = (app.directory_at_hand.as_ref(), app.clock.now());
    let by = (came.listener, came.hooked());
    let known = authenticate_by(found, by, at_hand, Fetching::Elsewhere, now);
    if let Ok(caller) = known {
        return Ok(Holder::of(&caller));
    }
    let look = |fetching| {
        let (door, came) = (Arc::clone(app), came.clone());
        let (headers, named) = (headers.clone(), (route.door, route.verb));
        move || look(&door, (&headers, &came), fetching, named)
    };
    match app.porters.run(look(Fetching::Elsewhere)).await? {
        // Whoever must be waited for keeps no porter from others.
        Err(denial) if denial.reason == Reason::IssuerKeysUnavailable => {
            Ok(app.fetchers.run(look(Fetching::Now)).await??)
        }
        decided => Ok(decided?),
    }
}

/// Looks at a credential, and writes a refusal down if it is the last word.
fn look(
    app: &App,
    (headers, came): (&HeaderMap, &Came),
    fetching: Fetching,
    (door, verb): (Door, &'static str),
) -> Result<Holder, Denial> {
    let lines = lines(headers);
    let (directory, now) = (app.engine.directory(), app.clock.now());
    let headers = Headers::new(&lines);
    let came = (came.listener, came.hooked());
    let found = authenticate_by(headers, came, directory.as_ref(), fetching, now);
    let found = found.map(|caller| Holder::of(&caller));
    found.inspect_err(|denial| {
        let is_for_others = denial.reason == Reason::IssuerKeysUnavailable;
        if !is_for_others || fetching == Fetching::Now {
            app.engine.journal().denied(denial, door, verb);
            app.gate.resolutions().refused(None, denial);
        }
    })
}

/// Whether the request came from a program on this machine: a loopback peer that is no proxy and no
/// page of a browser, asked for by a name of this machine.
pub(crate) fn is_local(peer: Peer, headers: &HeaderMap) -> bool {
    let is_forwarded = [
        FORWARDED,
        ORIGIN,
        HeaderName::from_static("x-forwarded-for"),
    ]
    .iter()
    .any(|name| headers.contains_key(name));
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let host = host.filter(|_| hosts.next().is_none());
    peer.is_loopback() && !is_forwarded && host.is_some_and(is_local_host)
}

/// Whether a `Host` names this machine and nothing that a name server could answer for.
fn is_local_host(host: &str) -> bool {
    host_name(host).eq_ignore_ascii_case("localhost")
        || host_address(host).is_some_and(|address| address.is_loopback())
}

/// `Host` without its port.
pub(crate) fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The address that a `Host` is.
pub(crate) fn host_address(host: &str) -> Option<IpAddr> {
    let name = host_name(host);
    let inner = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    inner.unwrap_or(name).parse().ok()
}
