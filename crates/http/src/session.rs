//! What a client is told of the session or sandbox that its request was in.

use anchorhold_identity::{Beginning, Opened, Visit};
use anchorhold_model::SessionCookie;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The id to show again.
const ID: HeaderName = HeaderName::from_static("x-session-id");
/// How a session that did not live before came to be.
const BEGINNING: HeaderName = HeaderName::from_static("x-anchorhold-session");

/// What tells a claimant apart, to show again.
const SANDBOX: HeaderName = HeaderName::from_static("x-anchorhold-sandbox");
/// How far the identity of a request is believed, where it is not wholly.
const IDENTITY: HeaderName = HeaderName::from_static("x-anchorhold-identity");

/// Tells, also in the reply of a refusal: the session lives all the same.
pub(crate) fn tell(visit: &Visit, headers: &mut HeaderMap) {
    if visit.is_quarantined() {
        headers.insert(IDENTITY, HeaderValue::from_static("quarantine"));
    } else if visit.has_advisory() {
        headers.insert(IDENTITY, HeaderValue::from_static("advisory"));
    }
    if let Some(token) = visit.sandbox().and_then(|sandbox| sandbox.token) {
        put(headers, SANDBOX, &token.reveal());
    }
    let Some(opened) = visit.opened() else {
        return;
    };
    if let Some(word) = beginning(opened.beginning) {
        headers.insert(BEGINNING, HeaderValue::from_static(word));
    }
    put(headers, ID, &opened.id.reveal());
    if let Some(cookie) = cookie(&opened) {
        put(headers, SET_COOKIE, &cookie);
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(mut value) = HeaderValue::from_str(text) {
        value.set_sensitive(true);
        headers.insert(name, value);
    }
}

const fn beginning(beginning: Beginning) -> Option<&'static str> {
    match beginning {
        Beginning::Continued => None,
        Beginning::New => Some("new"),
        Beginning::Replaced => Some("replaced"),
        Beginning::Adopted => Some("adopted"),
    }
}

fn cookie(opened: &Opened) -> Option<String> {
    let reach = match opened.cookie {
        SessionCookie::Off => return None,
        SessionCookie::Lax => "Lax",
        SessionCookie::None => "None",
    };
    Some(format!(
        "{}={}; Path=/; Max-Age={}; HttpOnly; Secure; SameSite={reach}",
        opened.cookie_name(),
        opened.id.reveal(),
        opened.idle_seconds,
    ))
}
