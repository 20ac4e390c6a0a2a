//! The outermost step of every request: its id, its path, what it may never do (panic), and the
//! headers and counters of every reply.

use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONNECTION, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Response};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use crate::cors::Page;
use crate::exchange::{Answered, Peer};
use crate::metrics::Listener;
use crate::refusal::Refusal;
use crate::request_id::{self, RequestId};
use crate::router::refused;
use crate::state::App;
use crate::{body, in_clear, mcp, origin, path};

/// Answers any request of a connection.
pub(crate) async fn answer(
    app: Arc<App>,
    router: Router,
    listener: Listener,
    peer: Peer,
    request: hyper::Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(peer);
    Ok(open(app, router, listener, Some(peer), request).await)
}

/// Answers any request. `line` is the other end of a connection of ours; none where an application looks
/// after its connections itself.
pub(crate) async fn open(
    app: Arc<App>,
    router: Router,
    listener: Listener,
    line: Option<Peer>,
    mut request: Request,
) -> Response<Body> {
    let request_id = RequestId::draw(app.random.as_ref());
    request.extensions_mut().insert(request_id.clone());
    #[cfg(feature = "sabotage")]
    crate::sabotage::request(&mut request);
    let framing = body::framing(request.headers());
    let is_framed = framing.is_ok();
    let is_document = request.uri().path() == "/openapi.json";
    let page = Page::of(&app, listener, request.uri().path(), request.headers()).await;
    let routed = async {
        if let Some(response) = page.preflight(&request) {
            return response;
        }
        let checked = framing.and_then(|()| match line {
            Some(peer) => in_clear::check(&app, peer, request.headers()),
            None => Ok(()),
        });
        let checked = checked.and_then(|()| path::check(request.uri().path()));
        let checked = checked.and_then(|()| match line {
            Some(peer) => origin::check(&app, listener, peer, request.headers()),
            None => Ok(()),
        });
        // Who may ask an application is its own matter.
        let line = line.filter(|_| listener == Listener::Tenant);
        let checked = checked.and_then(|()| match line {
            Some(peer) => mcp::check(&app, peer, &request, page.is_listed()),
            None => Ok(()),
        });
        match checked {
            Ok(()) => routed(router, request).await,
            Err(refusal) => refused(&app, request, refusal),
        }
    };
    let mut response = unwound(routed)
        .await
        .unwrap_or_else(|| Refusal::internal("a route panicked").into_response(&request_id));
    let headers = response.headers_mut();
    page.tell(headers);
    #[cfg(feature = "sabotage")]
    crate::sabotage::headers(headers);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !is_document {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(value) = request_id.header_value() {
        headers.insert(request_id::HEADER, value);
    }
    if !is_framed {
        // Where the next request begins is not for us to guess.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let answered = response.extensions_mut().remove::<Answered>();
    let status = response.status().as_u16();
    app.metrics.count(answered, status);
    let template = answered.map_or("none", |answered| answered.template);
    tracing::debug!(
        request_id = request_id.as_str(),
        template,
        status,
        "answered"
    );
    response
}

async fn routed(router: Router, request: Request) -> Response<Body> {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The outcome of a future, or nothing when it panicked.
async fn unwound<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(move |context| {
        // The future is never polled again after a panic.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}
