//! Asks over HTTP without sockets: the same bytes as on a wire, through a pipe inside the process.
//!
//! All callers of a world share one connection, as behind a proxy that keeps one open.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use anchorhold_gate::Gate;
use anchorhold_http::{App, Inside, Limits, McpOptions, Options};
use anchorhold_identity::ListenerPolicy;
use anchorhold_memory::Engine;
use anchorhold_model::{Clock, Random};
use anchorhold_scripted::Scripted;
use anchorhold_upstream::{Deadlines, Settings, Upstreams};
use tokio::io::{AsyncWriteExt as _, BufReader, DuplexStream};
use tokio::runtime::{Builder, Runtime};

use crate::exchange::{Exchange, encode, read};
use crate::request::{Reply, Request};

/// Bytes that wait in one direction.
const PIPE_BYTES: usize = 1 << 16;

/// The model server of all worlds: it says what it was sent.
static SCRIPTED: LazyLock<Scripted> = LazyLock::new(|| Scripted::start().unwrap());

fn model_server() -> Settings {
    let long = Duration::from_hours(1);
    Settings {
        private: true,
        deadlines: Deadlines {
            connect: long,
            head: long,
            idle: long,
            total: Duration::from_hours(1_000_000),
        },
        ..Settings::new("mirror", SCRIPTED.url())
    }
}

type Line = BufReader<DuplexStream>;

/// The tenant listener of a world.
pub(crate) struct Pipe {
    runtime: Runtime,
    inside: Inside,
    line: Mutex<Option<Line>>,
}

impl Pipe {
    /// A pipe into a running engine; `begin` runs on every thread that serves.
    pub(crate) fn new(
        engine: &Arc<Engine>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        begin: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let gate = Gate::new(engine.directory(), engine.journal(), Arc::clone(&clock));
        let options = Options {
            workers: 2,
            plain_http_from: Vec::new(),
            mcp: McpOptions::default(),
            listener: ListenerPolicy::default(),
        };
        let upstreams = Upstreams::new(vec![model_server()], &clock).unwrap();
        let limits = Limits {
            // However slow the machine is: what is told must not depend on it.
            chat_memory_time_max: Duration::from_hours(1),
            ..Limits::default()
        };
        let app = App::new(Arc::clone(engine), gate, clock, random, options)
            .with_upstreams(Arc::new(upstreams))
            .with_limits(limits);
        let runtime = Builder::new_current_thread()
            .enable_all()
            .on_thread_start(begin)
            .build()
            .unwrap();
        Self {
            runtime,
            inside: Inside::tenant(&Arc::new(app)),
            line: Mutex::new(None),
        }
    }

    /// Sends a request and waits for its reply.
    pub(crate) fn ask(&self, request: &Request) -> Reply {
        let bytes = encode(request);
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let exchange = self.runtime.block_on(async {
            // A connection that was closed after the reply before answers nothing at all.
            for _ in 0..2 {
                let open = line.get_or_insert_with(|| self.connect());
                if let Some(exchange) = converse(open, &bytes).await {
                    return exchange;
                }
                *line = None;
            }
            panic!("no reply to {request:?}")
        });
        if exchange.is_last() {
            *line = None;
        }
        exchange.into_reply()
    }

    fn connect(&self) -> Line {
        let (near, far) = tokio::io::duplex(PIPE_BYTES);
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        self.runtime.spawn(self.inside.serve(far, peer));
        BufReader::new(near)
    }
}

async fn converse(line: &mut Line, bytes: &[u8]) -> Option<Exchange> {
    line.get_mut().write_all(bytes).await.ok()?;
    read(line).await
}
