//! Two listeners, one loop each: accept, count, serve, and a shutdown that finishes what runs.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::exchange::Peer;
use crate::metrics::Listener;
use crate::router::router;
use crate::state::App;
use crate::{connection, routes};

/// How long a loop waits when the system has no socket to give, such as at its limit of files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where the listeners listen; port 0 has become a real port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Tenant and user routes.
    pub listen: SocketAddr,
    /// Operator routes.
    pub operator_listen: SocketAddr,
}

/// Binds both listeners.
pub async fn bind(
    listen: SocketAddr,
    operator_listen: SocketAddr,
) -> io::Result<(TcpListener, TcpListener, Bound)> {
    let tenant = TcpListener::bind(listen).await?;
    let operator = TcpListener::bind(operator_listen).await?;
    let bound = Bound {
        listen: tenant.local_addr()?,
        operator_listen: operator.local_addr()?,
    };
    Ok((tenant, operator, bound))
}

/// Serves both listeners until `shutdown` ends, then finishes the requests that run, for at most
/// the shutdown time. The engine is closed by the caller, afterwards.
pub async fn serve(
    app: Arc<App>,
    tenant: TcpListener,
    operator: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(());
    let mut loops = JoinSet::new();
    for (name, listener, routes) in [
        (Listener::Tenant, tenant, routes::tenant()),
        (Listener::Operator, operator, routes::operator()),
    ] {
        let (app, stopped) = (Arc::clone(&app), stopped.clone());
        let router = router(&app, routes);
        loops.spawn(listen(app, name, listener, router, stopped));
    }
    drop(stopped);
    tokio::select! {
        () = shutdown => {}
        // A loop ends on shutdown alone; before that it can only have failed.
        Some(Err(error)) = loops.join_next() => return Err(io::Error::other(error)),
    }
    app.drain();
    drop(stop);
    while let Some(ended) = loops.join_next().await {
        ended.map_err(io::Error::other)?;
    }
    // A verb whose client has left still runs to its end.
    let _ = tokio::time::timeout(app.limits.shutdown_time_max, async {
        app.pool.idle().await;
        app.operators.idle().await;
    })
    .await;
    Ok(())
}

/// The loop of one listener.
async fn listen(
    app: Arc<App>,
    name: Listener,
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<()>,
) {
    let room = Arc::new(Semaphore::new(app.limits.connections_max));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // The sender is dropped on shutdown and sends nothing before.
            _ = stopped.changed() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = accept(&listener, &room) => {
                let Some((stream, peer, place)) = accepted else { continue };
                // Replies are written whole; waiting for more to send only delays them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection ended before it began");
                    continue;
                }
                let (app, router, watcher) = (Arc::clone(&app), router.clone(), graceful.watcher());
                connections.spawn(async move {
                    let _place = place;
                    app.metrics.opened(name);
                    connection::serve(Arc::clone(&app), router, (stream, peer), name, watcher).await;
                    app.metrics.closed(name);
                });
            }
        }
    }
    // Nobody new gets in, and the kernel says so at once.
    drop(listener);
    let finished = tokio::time::timeout(app.limits.shutdown_time_max, graceful.shutdown());
    if finished.await.is_err() {
        tracing::warn!("requests still run after the shutdown time; their connections are closed");
    }
    connections.shutdown().await;
}

/// The next connection, once there is room for one: further ones wait in the kernel's queue.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, Peer, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, Peer(peer), place)),
        Err(error) => {
            tracing::warn!(%error, "no connection could be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}
