//! The routes as a layer: what stands below `/v1/` is answered, everything else goes on to the application.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use anchorhold_http::TenantRoutes;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tower::{Layer, Service};

/// Where the routes stand.
const PREFIX: &str = "/v1/";

/// Answers requests below `/v1/`. What signs users in is to run before it: with axum, register it afterwards.
#[derive(Clone)]
pub struct AnchorholdLayer {
    routes: TenantRoutes,
}

impl AnchorholdLayer {
    pub(crate) const fn new(routes: TenantRoutes) -> Self {
        Self { routes }
    }
}

impl<S> Layer<S> for AnchorholdLayer {
    type Service = Beside<S>;

    fn layer(&self, inner: S) -> Beside<S> {
        Beside {
            routes: self.routes.clone(),
            inner,
        }
    }
}

/// The routes, and an application beside them.
#[derive(Clone)]
pub struct Beside<S> {
    routes: TenantRoutes,
    inner: S,
}

impl<S> Service<Request> for Beside<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
    S::Error: 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        // The routes are always ready.
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if !request.uri().path().starts_with(PREFIX) {
            return Box::pin(self.inner.call(request));
        }
        let answer = self.routes.call(request);
        Box::pin(async move {
            match answer.await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            }
        })
    }
}
