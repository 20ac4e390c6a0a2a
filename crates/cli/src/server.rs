//! A server at work: two listeners, the runtime, the signals, and an end without lost writes.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rustix::process::Signal;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::compose::House;
use crate::exit::Error;

/// Both listeners, bound.
pub(crate) struct Listeners {
    tenant: TcpListener,
    operator: TcpListener,
}

impl Listeners {
    /// Binds both; port 0 takes any free one.
    pub(crate) fn bind(listen: SocketAddr, operator_listen: SocketAddr) -> Result<Self, Error> {
        let bind = |address: SocketAddr| {
            let listener = TcpListener::bind(address).map_err(|error| {
                Error::Configuration(format!("cannot listen on {address}: {error}"))
            })?;
            listener.set_nonblocking(true)?;
            Ok::<_, Error>(listener)
        };
        Ok(Self {
            tenant: bind(listen)?,
            operator: bind(operator_listen)?,
        })
    }

    /// Where tenants and users are served.
    pub(crate) fn listen(&self) -> Result<SocketAddr, Error> {
        Ok(self.tenant.local_addr()?)
    }

    /// Where the operator is served.
    pub(crate) fn operator_listen(&self) -> Result<SocketAddr, Error> {
        Ok(self.operator.local_addr()?)
    }
}

/// Threads that work on requests when nothing else is said. They wait for disks more than they
/// compute, and writes that wait together share a commit.
pub(crate) fn default_workers() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores * 4).clamp(16, 64)
}

/// The runtime of a server. From here on a file that may not grow (`ulimit -f`) fails the write
/// that wants it to: the system's own way is to end the process.
pub(crate) fn runtime() -> Result<Runtime, Error> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.enable_all().thread_name("door").build()?;
    // Whoever registers for a signal once has it kept from its default for good.
    let too_large = SignalKind::from_raw(Signal::XFSZ.as_raw());
    runtime.block_on(async { signal(too_large).map(drop) })?;
    Ok(runtime)
}

/// Serves until `shutdown` is done, then finishes what runs and leaves everything on disk.
pub(crate) fn serve(
    runtime: &Runtime,
    house: &House,
    listeners: Listeners,
    workers: usize,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let app = house.app(workers);
    let outcome = runtime.block_on(async {
        let tenant = tokio::net::TcpListener::from_std(listeners.tenant)?;
        let operator = tokio::net::TcpListener::from_std(listeners.operator)?;
        anchorhold_http::serve(Arc::clone(&app), tenant, operator, shutdown).await
    });
    house.engine.close();
    Ok(outcome?)
}

/// Done at the first SIGTERM or SIGINT; a second one ends the process at once.
pub(crate) fn interruption(runtime: &Runtime) -> Result<impl Future<Output = ()> + use<>, Error> {
    let (first, interrupted) = tokio::sync::oneshot::channel();
    let _inside = runtime.enter();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    runtime.spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        next().await;
        tracing::info!("shutting down");
        // Nobody may be waiting any more; then there is nothing to stop.
        let _ = first.send(());
        next().await;
        std::process::exit(1);
    });
    Ok(async move {
        // An error means that the runtime ends, so serving ends too.
        let _ = interrupted.await;
    })
}
