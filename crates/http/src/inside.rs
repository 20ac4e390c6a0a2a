//! A listener without sockets: it serves connections over streams that the caller has already, such
//! as the two ends of a pipe in one process.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::exchange::Peer;
use crate::metrics::Listener;
use crate::router::router;
use crate::state::App;
use crate::timed::Timed;
use crate::{connection, routes};

/// One of the two listeners, without the loop that accepts.
pub struct Inside {
    app: Arc<App>,
    router: Router,
    listener: Listener,
}

impl Inside {
    /// Tenant and user routes.
    pub fn tenant(app: &Arc<App>) -> Self {
        Self::new(app, Listener::Tenant)
    }

    /// Operator routes.
    pub fn operator(app: &Arc<App>) -> Self {
        Self::new(app, Listener::Operator)
    }

    fn new(app: &Arc<App>, listener: Listener) -> Self {
        let routes = match listener {
            Listener::Tenant | Listener::Application => routes::tenant(),
            Listener::Operator => routes::operator(),
        };
        Self {
            app: Arc::clone(app),
            router: router(app, listener, routes),
            listener,
        }
    }

    /// Serves one connection until it ends, in the same way as one that was accepted. `peer` is
    /// believed to be its other end, with nothing that encrypts what is said.
    pub fn serve(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: SocketAddr,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (app, router, listener) = (Arc::clone(&self.app), self.router.clone(), self.listener);
        async move {
            // Kept to the end: without it a connection is told to finish.
            let graceful = GracefulShutdown::new();
            let (stream, watcher) = (
                Timed::new(stream, app.limits.write_time_max),
                graceful.watcher(),
            );
            let peer = Peer {
                address: peer,
                is_encrypted: false,
            };
            connection::serve(app, router, (stream, peer), listener, watcher).await;
        }
    }
}
