//! Whether a request carries a credential at all, asked before a byte of its body is read.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anchorhold_crypto::Token;
use anchorhold_identity::{
    CredentialRecord, Denial, Directory, Door, Headers, Reason, Reservation, TenantRecord,
    Unavailable, authenticate,
};
use anchorhold_model::{Address, NamespaceId, TenantId, TenantName, User};
use axum::http::header::{FORWARDED, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};

use crate::refusal::Refusal;
use crate::state::App;

/// All header lines as identity reads them.
pub(crate) fn lines(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}

/// Refuses a request without a credential, or with one that is none by its form. No directory is
/// asked: whether it counts is decided by the gate, after the body was read.
pub(crate) fn check(app: &App, headers: &HeaderMap, verb: &'static str) -> Result<(), Refusal> {
    let lines = lines(headers);
    match authenticate(Headers::new(&lines), &Nobody, app.clock.now()) {
        // The form is right: whose it is would have to be asked.
        Ok(_)
        | Err(Denial {
            reason: Reason::Unavailable,
            ..
        }) => Ok(()),
        Err(denial) => {
            app.engine.journal().denied(&denial, Door::Http, verb);
            Err(denial.into())
        }
    }
}

/// Whether the request came from a program on this machine: a loopback peer that is no proxy and no
/// page of a browser, asked for by a name of this machine.
pub(crate) fn is_local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let is_forwarded = [
        FORWARDED,
        ORIGIN,
        HeaderName::from_static("x-forwarded-for"),
    ]
    .iter()
    .any(|name| headers.contains_key(name));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    peer.ip().to_canonical().is_loopback() && !is_forwarded && host.is_some_and(is_local_host)
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

/// A directory that is never asked in earnest: it knows nothing and says so.
struct Nobody;

impl Directory for Nobody {
    fn credential(&self, _: &Token) -> Result<Option<Arc<CredentialRecord>>, Unavailable> {
        Err(Unavailable)
    }

    fn tenant(&self, _: TenantId) -> Result<Option<Arc<TenantRecord>>, Unavailable> {
        Err(Unavailable)
    }

    fn tenant_named(&self, _: &TenantName) -> Result<Option<Arc<TenantRecord>>, Unavailable> {
        Err(Unavailable)
    }

    fn incarnation(&self, _: &Address) -> Result<Option<NamespaceId>, Unavailable> {
        Err(Unavailable)
    }

    fn reserve(&self, _: &Address) -> Result<Reservation, Unavailable> {
        Err(Unavailable)
    }

    fn address(&self, _: TenantId, _: NamespaceId) -> Result<Option<Address>, Unavailable> {
        Err(Unavailable)
    }

    fn is_known(&self, _: TenantId, _: &User) -> Result<bool, Unavailable> {
        Err(Unavailable)
    }
}
