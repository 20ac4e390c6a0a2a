//! One connection, encrypted or not: HTTP/1.1 with a bounded head, read in bounded time.

use std::sync::Arc;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::door::answer;
use crate::exchange::Peer;
use crate::metrics::Listener;
use crate::state::App;

/// The least that hyper takes as the size of its buffer.
const BUFFER_BYTES_MIN: usize = 8_192;

/// Serves a connection until it ends or, on shutdown, until its running request is answered. A write to
/// `stream` must end by itself when nobody reads.
pub(crate) async fn serve(
    app: Arc<App>,
    router: Router,
    (stream, peer): (impl AsyncRead + AsyncWrite + Unpin + Send + 'static, Peer),
    listener: Listener,
    watcher: Watcher,
) {
    let limits = &app.limits;
    let mut builder = http1::Builder::new();
    // IMPORTANT: without a timer hyper's header timeout is silently off.
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time_max)
        .max_header_size(limits.head_bytes_max)
        .max_headers(limits.headers_max)
        .max_buf_size((2 * limits.head_bytes_max).max(BUFFER_BYTES_MIN));
    let stream = TokioIo::new(stream);
    let shared = Arc::clone(&app);
    let service = service_fn(move |request| {
        answer(Arc::clone(&shared), router.clone(), listener, peer, request)
    });
    let connection = builder.serve_connection(stream, service);
    if let Err(error) = watcher.watch(connection).await {
        // What a client did wrong on the wire is no fault of the server.
        tracing::debug!(%error, "a connection ended early");
    }
}
