//! From the list of routes of a listener to its router.
//!
//! The order of checks of every request, in one place: the head within its limits (`connection`), no
//! key in clear, the canonical path, no page of another origin (`door`), the matched route, then in
//! `exchange`: a credential that has the form of one, or no page where none is needed, the query and the body within their limits, a
//! worker; and in the route: the body parsed, the gate (authenticate, address, authorise), the verb.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use axum::routing::{Router, on};

use crate::body;
use crate::exchange::exchange;
use crate::metrics::Listener;
use crate::refusal::Refusal;
use crate::request_id::RequestId;
use crate::route::Route;
use crate::state::App;

/// The router of one listener.
pub(crate) fn router(app: &Arc<App>, listener: Listener, routes: Vec<Route>) -> Router {
    let mut router = Router::new();
    for route in routes {
        let (app, route) = (Arc::clone(app), Arc::new(route));
        let (template, filter) = (route.template, route.filter);
        let run = move |request: Request| {
            exchange(Arc::clone(&app), listener, Arc::clone(&route), request)
        };
        router = router.route(template, on(filter, run));
    }
    let (nowhere, otherwise) = (Arc::clone(app), Arc::clone(app));
    router
        .fallback(async move |request: Request| {
            refused(&nowhere, request, Refusal::route_not_found())
        })
        .method_not_allowed_fallback(async move |request: Request| {
            refused(&otherwise, request, Refusal::method_not_allowed())
        })
}

/// Refuses a request that no route takes.
pub(crate) fn refused(app: &App, request: Request, refusal: Refusal) -> Response<Body> {
    let response = match request.extensions().get::<RequestId>() {
        Some(request_id) => refusal.into_response(request_id),
        None => Response::default(),
    };
    let (parts, body) = request.into_parts();
    body::discard(app, &parts.headers, body);
    response
}
