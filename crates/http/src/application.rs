//! The routes of one tenant as a service inside an application: the same door, and the connections are the
//! application's own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use anchorhold_identity::{Hook, IsolationKey};
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, OriginalUri, Request};
use axum::http::{Extensions, Response};
use axum::routing::Router;
use axum::{BoxError, http};
use hyper::body::Bytes;
use tower::Service;

use crate::came::Application;
use crate::door;
use crate::exchange::{Peer, target};
use crate::metrics::Listener;
use crate::router::router;
use crate::routes;
use crate::state::App;

/// The routes of the tenant listener, for requests that an application hands over. Each speaks for whom its
/// extensions name by an [`IsolationKey`]; where they hold none, nobody is named, whatever its headers say.
/// What it shows in `Authorization` or `X-API-Key` is the application's own matter.
#[derive(Clone)]
pub struct TenantRoutes {
    app: Arc<App>,
    router: Router,
    hook: Arc<Hook>,
}

impl TenantRoutes {
    /// The routes, for the tenant of this right.
    pub fn new(app: &Arc<App>, hook: Arc<Hook>) -> Self {
        Self {
            app: Arc::clone(app),
            router: router(app, Listener::Application, routes::tenant()),
            hook,
        }
    }

    /// The request as this door reads it.
    fn received(&self, request: Request) -> Request {
        let (mut parts, body) = request.into_parts();
        // INVARIANT: of all that others have put beside the request only these three are read, here and
        // once; the parts of a path that an outer router has found are none of ours.
        let mut beside = std::mem::replace(&mut parts.extensions, Extensions::new());
        let key = beside.remove::<IsolationKey>();
        let sent = beside.remove::<OriginalUri>();
        let peer = beside.remove::<ConnectInfo<SocketAddr>>();
        let target = target(sent.as_ref().map_or(&parts.uri, |OriginalUri(uri)| uri));
        parts.extensions.insert(Application {
            hook: Arc::clone(&self.hook),
            key,
            target,
        });
        if let Some(ConnectInfo(address)) = peer {
            parts.extensions.insert(Peer {
                address,
                is_encrypted: false,
            });
        }
        Request::from_parts(parts, body)
    }
}

impl<B> Service<http::Request<B>> for TenantRoutes
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Who comes too many is told so by a reply.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let request = self.received(request.map(Body::new));
        let (app, router) = (Arc::clone(&self.app), self.router.clone());
        Box::pin(
            async move { Ok(door::open(app, router, Listener::Application, None, request).await) },
        )
    }
}
