//! A server at work: two listeners, the runtime, the signals, and an end in bounded time without lost
//! writes.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anchorhold::house::{self, House};
use anchorhold_http::{McpOptions, Options, Tls};
use anchorhold_identity::ListenerPolicy;
use rustix::process::Signal;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Error;

/// Both listeners, bound.
pub(crate) struct Listeners {
    tenant: TcpListener,
    operator: TcpListener,
    tls: Option<Arc<Tls>>,
}

impl Listeners {
    /// Binds both; port 0 takes any free one.
    pub(crate) fn bind(listen: SocketAddr, operator_listen: SocketAddr) -> Result<Self, Error> {
        let bind = |address: SocketAddr| {
            TcpListener::bind(address).map_err(|error| {
                Error::Configuration(format!("cannot listen on {address}: {error}"))
            })
        };
        Ok(Self {
            tenant: bind(listen)?,
            operator: bind(operator_listen)?,
            tls: None,
        })
    }

    /// The same, and both speak TLS.
    pub(crate) fn with_tls(self, tls: Option<Arc<Tls>>) -> Self {
        Self { tls, ..self }
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

/// What a door is opened with when nothing else is said.
pub(crate) fn default_options() -> Options {
    Options {
        workers: house::workers(),
        plain_http_from: Vec::new(),
        mcp: McpOptions::default(),
        listener: ListenerPolicy::default(),
    }
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

/// Serves until `shutdown` is done, then finishes what runs and leaves everything on disk. Whatever
/// does not end in time is left: an acknowledgement follows the commit, so nobody was promised it.
pub(crate) fn serve(
    runtime: Runtime,
    house: &House,
    listeners: Listeners,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let app = house.app(options);
    let outcome = runtime.block_on(async {
        let Listeners {
            tenant,
            operator,
            tls,
        } = listeners;
        anchorhold_http::serve(Arc::clone(&app), tenant, operator, tls, shutdown).await
    });
    if !house.close()? {
        tracing::warn!(
            "the store is in use and is left as it is; the next start goes on from there"
        );
    }
    // Its threads may run verbs that take long.
    runtime.shutdown_background();
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
