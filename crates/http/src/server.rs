//! Two listeners, one loop each: accept, count, serve, and a shutdown that finishes what runs. The
//! operator's has a thread and a runtime of its own: however busy tenants keep theirs, a key can be
//! revoked.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::exchange::Peer;
use crate::metrics::Listener;
use crate::router::router;
use crate::state::App;
use crate::timed::Timed;
use crate::tls::Tls;
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
pub fn bind(
    listen: SocketAddr,
    operator_listen: SocketAddr,
) -> io::Result<(TcpListener, TcpListener, Bound)> {
    let tenant = TcpListener::bind(listen)?;
    let operator = TcpListener::bind(operator_listen)?;
    let bound = Bound {
        listen: tenant.local_addr()?,
        operator_listen: operator.local_addr()?,
    };
    Ok((tenant, operator, bound))
}

/// Serves both listeners until `shutdown` ends, then finishes the requests that run, for at most
/// the shutdown time in all. With `tls` both speak it and nothing else. The engine is closed by the
/// caller, afterwards; a verb that takes longer still runs then.
pub async fn serve(
    app: Arc<App>,
    tenant: TcpListener,
    operator: TcpListener,
    tls: Option<Arc<Tls>>,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(());
    let mut loops = JoinSet::new();
    let front = |name, routes| Front {
        app: Arc::clone(&app),
        name,
        router: router(&app, name, routes),
        tls: tls.clone(),
    };
    let operators = front(Listener::Operator, routes::operator());
    let end = apart(operators, operator, stopped.clone())?;
    loops.spawn(async move { end.await.map_err(io::Error::other) });
    let (tenants, tenant) = (
        front(Listener::Tenant, routes::tenant()),
        listening(tenant)?,
    );
    loops.spawn(async move {
        tenants.listen(tenant, stopped).await;
        Ok(())
    });
    tokio::select! {
        () = shutdown => {}
        // A loop ends on shutdown alone; before that it can only have failed.
        Some(ended) = loops.join_next() => {
            ended.map_err(io::Error::other)??;
            return Err(io::Error::other("a listener ended by itself"));
        }
    }
    app.drain();
    let deadline = Instant::now() + app.limits.shutdown_time_max;
    drop(stop);
    while let Some(ended) = loops.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    // A verb whose client has left still runs to its end, if that comes in time.
    let idle = timeout_at(deadline, async {
        app.pool.idle().await;
        app.operators.idle().await;
    });
    if idle.await.is_err() {
        tracing::warn!("verbs still run after the shutdown time; nobody waits for them");
    }
    Ok(())
}

/// A listener of the runtime that this is called in.
fn listening(listener: TcpListener) -> io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

/// Serves the operator's listener on a thread of its own; tells when it has ended.
fn apart(
    front: Front,
    listener: TcpListener,
    stopped: watch::Receiver<()>,
) -> io::Result<oneshot::Receiver<()>> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().thread_name("operator").build()?;
    let listener = {
        let _inside = runtime.enter();
        listening(listener)?
    };
    let (ended, end) = oneshot::channel();
    let serve = move || {
        runtime.block_on(front.listen(listener, stopped));
        // A verb that still runs is waited for by whoever ends the server.
        runtime.shutdown_background();
        // Nobody may be waiting any more.
        let _ = ended.send(());
    };
    let thread = std::thread::Builder::new().name("operator".to_owned());
    thread.spawn(serve)?;
    Ok(end)
}

/// What the connections of one listener have in common.
#[derive(Clone)]
struct Front {
    app: Arc<App>,
    name: Listener,
    router: Router,
    tls: Option<Arc<Tls>>,
}

impl Front {
    /// The loop of the listener.
    async fn listen(self, listener: tokio::net::TcpListener, mut stopped: watch::Receiver<()>) {
        let limits = &self.app.limits;
        let room = Arc::new(Semaphore::new(limits.connections_max));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                // The sender is dropped on shutdown and sends nothing before.
                _ = stopped.changed() => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = accept(&listener, &room) => {
                    let Some((stream, address, place)) = accepted else { continue };
                    let (front, watcher) = (self.clone(), graceful.watcher());
                    let stopped = stopped.clone();
                    connections.spawn(async move {
                        let _place = place;
                        front.app.metrics.opened(front.name);
                        front.serve(stream, address, watcher, stopped).await;
                        front.app.metrics.closed(front.name);
                    });
                }
            }
        }
        // Nobody new gets in, and the kernel says so at once.
        drop(listener);
        let finished = timeout(limits.shutdown_time_max, graceful.shutdown());
        if finished.await.is_err() {
            tracing::warn!(
                "requests still run after the shutdown time; their connections are closed"
            );
        }
        connections.shutdown().await;
    }

    /// Serves one connection.
    async fn serve(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        watcher: Watcher,
        mut stopped: watch::Receiver<()>,
    ) {
        // Replies are written whole; waiting for more to send only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection ended before it began");
            return;
        }
        let (app, router) = (Arc::clone(&self.app), self.router.clone());
        let head_time_max = app.limits.head_time_max;
        let stream = Timed::new(stream, app.limits.write_time_max);
        let peer = Peer {
            address,
            is_encrypted: self.tls.is_some(),
        };
        let Some(tls) = &self.tls else {
            connection::serve(app, router, (stream, peer), self.name, watcher).await;
            return;
        };
        let greeted = tokio::select! {
            // Who has asked for nothing yet is not waited for.
            _ = stopped.changed() => None,
            greeted = tls.greet(stream, head_time_max) => greeted,
        };
        if let Some(stream) = greeted {
            connection::serve(app, router, (stream, peer), self.name, watcher).await;
        }
    }
}

/// The next connection, once there is room for one: further ones wait in the kernel's queue.
async fn accept(
    listener: &tokio::net::TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, address)) => Some((stream, address, place)),
        Err(error) => {
            tracing::warn!(%error, "no connection could be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}
