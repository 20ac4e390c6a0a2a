//! What every request shares: the engine, the gate, time, chance, limits and counters.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anchorhold_gate::Gate;
use anchorhold_identity::{Directory, ListenerPolicy};
use anchorhold_memory::Engine;
use anchorhold_model::limits::{JWKS_FETCHES_MAX, JWKS_WAITERS_MAX};
use anchorhold_model::{Clock, IpNet, Random};
use anchorhold_upstream::Upstreams;
use tokio::sync::Semaphore;

use crate::Limits;
use crate::exchange::Peer;
use crate::mcp::{Mcp, McpOptions};
use crate::metrics::{Listener, Metrics};
use crate::pool::Pool;
use crate::room::Room;

/// What the composition root chooses.
#[derive(Clone, Debug)]
pub struct Options {
    /// Verbs that run at once, each on a thread that may block; at least 1.
    pub workers: usize,
    /// The networks of proxies that end TLS: from there, beside loopback, keys may come in clear.
    pub plain_http_from: Vec<IpNet>,
    /// What the tenant listener says of its requests.
    pub listener: ListenerPolicy,
    /// What is said of the MCP door.
    pub mcp: McpOptions,
}

/// Workers of the operator.
const OPERATORS: usize = 2;
/// Workers for which there is one answer from memory at a time: far fewer than threads that look
/// after connections.
const WORKERS_PER_AT_HAND: usize = 16;
/// Workers that look at credentials.
const PORTERS: usize = 4;
/// Workers that fetch keys of issuers or wait for them: as many tenants as are served at once, each with
/// all that may wait.
const FETCHERS: usize = JWKS_FETCHES_MAX * (1 + JWKS_WAITERS_MAX);

/// Which workers a route runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Tenants,
    Operator,
}

/// The HTTP door over one engine; both listeners share it.
pub struct App {
    pub(crate) engine: Arc<Engine>,
    pub(crate) gate: Gate,
    /// Asks memory alone, so it is asked where nobody may wait; whoever it refuses asks `gate`.
    pub(crate) gate_at_hand: Gate,
    /// The directory behind it.
    pub(crate) directory_at_hand: Arc<dyn Directory>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) limits: Limits,
    pub(crate) pool: Pool,
    /// For the operator, who must get through when tenants take every other worker.
    pub(crate) operators: Pool,
    /// For the look at a credential before a body is read.
    pub(crate) porters: Pool,
    /// For tokens whose issuer has to be asked for its keys, who hold up no porter.
    pub(crate) fetchers: Pool,
    /// Places for answers from memory, which are given on no worker.
    pub(crate) at_hand: Semaphore,
    /// Room for the bodies that are being read, in bytes.
    pub(crate) bodies: Arc<Room>,
    /// Room for replies that are made as a whole, until they are written, in bytes.
    pub(crate) replies: Arc<Room>,
    /// Room for bodies and replies of tenants that pass in pieces.
    pub(crate) streams: Arc<Room>,
    /// The same for the operator, whose backups no tenant delays.
    pub(crate) operator_streams: Arc<Room>,
    /// Model servers.
    pub(crate) upstreams: Arc<Upstreams>,
    /// Places for chats whose answers pass.
    pub(crate) chats: Arc<Room>,
    /// Tools for models.
    pub(crate) mcp: Mcp,
    pub(crate) metrics: Metrics,
    plain_http_from: Vec<IpNet>,
    tenant_listener: ListenerPolicy,
    workers: usize,
    draining: AtomicBool,
}

impl App {
    /// The door over `engine`, with the limits of the model.
    pub fn new(
        engine: Arc<Engine>,
        gate: Gate,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        options: Options,
    ) -> Self {
        let limits = Limits::default();
        let directory_at_hand = engine.directory_at_hand();
        let known = Arc::clone(&directory_at_hand);
        Self {
            engine,
            gate_at_hand: gate.tentative(known),
            gate,
            directory_at_hand,
            clock,
            random,
            pool: Pool::new(options.workers, limits.queue_waiters_max),
            operators: Pool::new(OPERATORS, limits.queue_waiters_max),
            porters: Pool::new(PORTERS, limits.queue_waiters_max),
            fetchers: Pool::new(FETCHERS, limits.queue_waiters_max),
            at_hand: Semaphore::new(options.workers.div_ceil(WORKERS_PER_AT_HAND).max(1)),
            bodies: Room::new(limits.bodies_bytes_max),
            replies: Room::new(limits.replies_bytes_max),
            streams: Room::new(limits.streams_max),
            operator_streams: Room::new(limits.streams_max),
            chats: Room::new(limits.chats_max),
            upstreams: Arc::default(),
            limits,
            mcp: Mcp::new(options.mcp),
            metrics: Metrics::default(),
            plain_http_from: options.plain_http_from,
            tenant_listener: options.listener,
            workers: options.workers,
            draining: AtomicBool::new(false),
        }
    }

    /// The same door before these model servers.
    #[must_use]
    pub fn with_upstreams(self, upstreams: Arc<Upstreams>) -> Self {
        Self { upstreams, ..self }
    }

    /// The same door with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self {
            pool: Pool::new(self.workers, limits.queue_waiters_max),
            operators: Pool::new(OPERATORS, limits.queue_waiters_max),
            porters: Pool::new(PORTERS, limits.queue_waiters_max),
            fetchers: Pool::new(FETCHERS, limits.queue_waiters_max),
            bodies: Room::new(limits.bodies_bytes_max),
            replies: Room::new(limits.replies_bytes_max),
            streams: Room::new(limits.streams_max),
            operator_streams: Room::new(limits.streams_max),
            chats: Room::new(limits.chats_max),
            limits,
            ..self
        }
    }

    /// The workers of a lane.
    pub(crate) const fn lane(&self, lane: Lane) -> &Pool {
        match lane {
            Lane::Tenants => &self.pool,
            Lane::Operator => &self.operators,
        }
    }

    /// Whether this peer is a proxy that ends TLS.
    pub(crate) fn ends_tls(&self, peer: Peer) -> bool {
        let address = peer.ip();
        let mut networks = self.plain_http_from.iter();
        networks.any(|network| network.contains(&address))
    }

    /// What a listener says of its requests. The operator's says nothing, and neither does none.
    pub(crate) fn policy_of(&self, listener: Listener) -> ListenerPolicy {
        match listener {
            Listener::Tenant => self.tenant_listener,
            Listener::Operator | Listener::Application => ListenerPolicy::default(),
        }
    }

    /// Says that no further traffic should come.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether further traffic should stay away.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}
