//! Pages of browsers on the tenant listener: an origin is named in replies when a publishable key lists
//! it, and never `*`. What a page may do is decided by its key, whose own list is looked at with every
//! request; this only says which pages may read the replies.

use std::sync::Arc;

use anchorhold_model::Origin;
use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};

use crate::mcp;
use crate::metrics::Listener;
use crate::state::App;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE");
/// What our own clients send. A page that signs requests or names users is a backend's and has none.
const SENT: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, if-match, idempotency-key, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id, x-api-key, x-session-id",
);
const READ: HeaderValue = HeaderValue::from_static(
    "etag, mcp-session-id, retry-after, www-authenticate, x-session-id, x-anchorhold-identity, x-anchorhold-request-id, x-anchorhold-session",
);
/// Seconds for which a browser need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// What the headers of a reply say of the page that asked.
pub(crate) enum Page {
    /// There is no page, or none of this listener's.
    None,
    /// One that no key lists.
    Foreign,
    /// One that may read the reply.
    Listed(HeaderValue),
}

impl Page {
    /// Whose page asks.
    pub(crate) async fn of(
        app: &Arc<App>,
        listener: Listener,
        path: &str,
        headers: &HeaderMap,
    ) -> Self {
        if listener != Listener::Tenant || !headers.contains_key(ORIGIN) {
            return Self::None;
        }
        let mut sent = headers.get_all(ORIGIN).iter();
        let (Some(value), None) = (sent.next(), sent.next()) else {
            return Self::Foreign;
        };
        let Some(origin) = value
            .to_str()
            .ok()
            .and_then(|text| Origin::parse(text).ok())
        else {
            return Self::Foreign;
        };
        if mcp::is_allowed_page(app, path, headers) {
            return Self::Listed(value.clone());
        }
        let listed = match app.directory_at_hand.is_origin_listed(&origin) {
            Ok(listed) => listed,
            Err(_) => {
                let directory = app.engine.directory();
                let look = move || directory.is_origin_listed(&origin);
                matches!(app.porters.run(look).await, Ok(Ok(true)))
            }
        };
        if listed {
            Self::Listed(value.clone())
        } else {
            Self::Foreign
        }
    }

    /// Whether it is one that may read the reply.
    pub(crate) const fn is_listed(&self) -> bool {
        matches!(self, Self::Listed(_))
    }

    /// Says in a reply who may read it.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        match self {
            Self::None => {}
            Self::Foreign => {
                headers.insert(VARY, HeaderValue::from_static("origin"));
            }
            Self::Listed(origin) => {
                headers.insert(VARY, HeaderValue::from_static("origin"));
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                let yes = HeaderValue::from_static("true");
                headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
                headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, READ);
            }
        }
    }

    /// The answer to a browser that asks whether a page of a listed origin may send what it wants to send.
    pub(crate) fn preflight<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        let is_asked = request.method() == Method::OPTIONS
            && request
                .headers()
                .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        let (Self::Listed(_), true) = (self, is_asked) else {
            return None;
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, SENT);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        Some(response)
    }
}
