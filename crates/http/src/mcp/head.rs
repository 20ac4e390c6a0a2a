//! What is judged of a request before it is routed: by which name it asks, and which page sends it; and where a
//! client that is refused learns how to get in.

use anchorhold_wire::Code;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Request};

use super::PATH;
use crate::credential::{host_address, host_name};
use crate::exchange::Peer;
use crate::origin::is_proved;
use crate::refusal::Refusal;
use crate::state::App;

/// Where the metadata of the protected resource are (RFC 9728).
const METADATA: &str = "/.well-known/oauth-protected-resource";

/// Whether a path is of this door.
fn is_here(path: &str) -> bool {
    path == PATH || path.starts_with(METADATA)
}

/// Refuses a request by a name that somebody's name server may have pointed here, and a page that nobody
/// listed.
pub(crate) fn check<B>(
    app: &App,
    peer: Peer,
    request: &Request<B>,
    is_listed: bool,
) -> Result<(), Refusal> {
    let headers = request.headers();
    if !is_here(request.uri().path()) {
        return Ok(());
    }
    if !is_proved(app, peer) && !is_of_here(app, headers) {
        let rule = "names this server in no way that is known: ask by localhost or an address, or let the operator \
                    list the name (allowed_hosts)";
        return Err(Refusal::of_field(Code::AccessForbidden, "host", rule));
    }
    if headers.contains_key(ORIGIN) && !is_listed {
        let rule =
            "is of a page that may not use this door; let the operator list it (allowed_origins)";
        return Err(Refusal::of_field(Code::AccessForbidden, "origin", rule));
    }
    Ok(())
}

/// Whether `Host` is of no name server, or is listed.
fn is_of_here(app: &App, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let Some(host) = host.filter(|_| hosts.next().is_none()) else {
        return false;
    };
    let name = host_name(host);
    let options = &app.mcp.options;
    let own = options.url.as_deref().and_then(host_of);
    let mut listed = options.allowed_hosts.iter().map(String::as_str).chain(own);
    name.eq_ignore_ascii_case("localhost")
        || host_address(host).is_some()
        || listed
            .any(|listed| listed.eq_ignore_ascii_case(name) || listed.eq_ignore_ascii_case(host))
}

/// Whether the page that sends a request is listed for this door.
pub(crate) fn is_allowed_page(app: &App, path: &str, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let origin = origins.next().and_then(|origin| origin.to_str().ok());
    let origin = origin.filter(|_| origins.next().is_none());
    let mut allowed = app.mcp.options.allowed_origins.iter();
    is_here(path) && origin.is_some_and(|origin| allowed.any(|allowed| allowed.as_str() == origin))
}

/// The host of an address, with its port.
fn host_of(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}

/// The address by which a client knows the door; none where its `Host` says none.
pub(crate) fn address(app: &App, is_encrypted: bool, headers: &HeaderMap) -> Option<String> {
    if let Some(url) = &app.mcp.options.url {
        return Some(url.clone());
    }
    let host = headers.get(HOST)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let scheme = if is_encrypted { "https" } else { "http" };
    host.bytes()
        .all(is_plain)
        .then(|| format!("{scheme}://{host}{PATH}"))
}

/// What a client without a credential that counts is told: where it learns how to get one.
pub(crate) fn challenge(
    app: &App,
    path: &str,
    is_encrypted: bool,
    headers: &HeaderMap,
) -> Option<HeaderValue> {
    if path != PATH {
        return None;
    }
    let address = address(app, is_encrypted, headers)?;
    let base = address.strip_suffix(PATH).unwrap_or(&address);
    let metadata = format!("Bearer resource_metadata=\"{base}{METADATA}{PATH}\"");
    HeaderValue::from_str(&metadata).ok()
}
