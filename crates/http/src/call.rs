//! One request as a route sees it: parsed as far as all routes have in common.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Weak};

use anchorhold_crypto::SIGNATURE_BYTES;
use anchorhold_identity::{Door, Visit};
use anchorhold_model::Timestamp;
use anchorhold_wire::{Request, read};
use axum::http::{HeaderMap, Method};

use crate::body::Received;
use crate::came::Came;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::request_id::RequestId;
use crate::room::Holder;
use crate::route::{Route, Verb};
use crate::state::App;
use crate::written;

/// How a request came, and what a signature of it covers. The calls inside it came in the same way.
pub(crate) struct Arrival {
    pub(crate) method: Method,
    /// Path and query, as sent.
    pub(crate) target: String,
    /// Of the body of a request that is signed and was read whole.
    pub(crate) body_sha256: Option<[u8; SIGNATURE_BYTES]>,
    pub(crate) request: [u8; 16],
    pub(crate) at: Timestamp,
    /// The door, for the audit log.
    pub(crate) door: Door,
    /// Whether nobody on its way could read it.
    pub(crate) is_encrypted: bool,
    /// The other end of the connection.
    pub(crate) peer: Option<IpAddr>,
    /// By which way.
    pub(crate) came: Came,
    /// The session that the request has by now.
    pub(crate) visit: Arc<Visit>,
}

/// What a route works on. Everything that decides identity stays inside `headers`, for the gate.
pub(crate) struct Call {
    pub(crate) app: Arc<App>,
    pub(crate) route: Arc<Route>,
    pub(crate) request_id: RequestId,
    pub(crate) headers: HeaderMap,
    pub(crate) arrival: Arc<Arrival>,
    pub(crate) query: Query,
    /// Parts of the path, decoded.
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) received: Received,
    /// On whose account room is taken.
    pub(crate) holder: Holder,
    /// Whether a key is needed at all, see [`crate::route::Guard`].
    pub(crate) needs_credential: bool,
    /// Lives for as long as the client waits for the answer.
    pub(crate) client: Weak<()>,
}

impl Call {
    /// Runs a verb for this call.
    pub(crate) fn run(&self, verb: Verb) -> Result<Reply, Refusal> {
        written::check(self)?;
        verb(self)
    }

    /// The body, parsed and within its limits.
    pub(crate) fn body<R: Request>(&self) -> Result<R::Domain, Refusal> {
        Ok(read::<R>(&self.received.bytes)?)
    }

    /// Whether the client still waits for the answer.
    pub(crate) fn is_awaited(&self) -> bool {
        self.client.strong_count() > 0
    }

    /// A part of the path; empty when the template has no such part.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}
