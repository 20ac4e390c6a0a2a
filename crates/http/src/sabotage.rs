//! Isolation bugs of a door, for the simulation alone; see `model/src/sabotage.rs`.

use anchorhold_model::sabotage::{Bug, is, share, share_text};
use anchorhold_wire::Rejection;
use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};

/// What would be wrong with a request.
pub(crate) fn request(request: &mut Request) {
    let sent = request.headers().get(AUTHORIZATION).cloned();
    let sent = sent.and_then(|value| value.to_str().map(str::to_owned).ok());
    let used = if is(Bug::ConnectionRemembersCredential) {
        share_text("", |before| sent.clone().or(before))
    } else if is(Bug::RepliesByPath) && request.method() == "GET" {
        let path = request.uri().to_string();
        share_text(&path, |before| before.or_else(|| sent.clone()))
    } else {
        return;
    };
    let other = if is(Bug::RepliesByPath) {
        used
    } else {
        sent.or(used)
    };
    if let Some(Ok(value)) = other.as_deref().map(HeaderValue::from_str) {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
}

/// What would be wrong with a reply.
pub(crate) fn headers(headers: &mut HeaderMap) {
    if is(Bug::HeaderCountsRequests) {
        let count = share(10, |count| count + 1);
        headers.insert("x-anchorhold-served", HeaderValue::from(count));
    }
}

/// What a refusal would say.
pub(crate) fn rejection(mut rejection: Rejection) -> Rejection {
    if is(Bug::RefusalRepeatsLast) {
        let before = share_text("refusal", |_| Some(rejection.message.clone()));
        rejection.message = before.unwrap_or_default();
    }
    rejection
}
