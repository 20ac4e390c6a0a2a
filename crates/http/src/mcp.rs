//! Messages of the Model Context Protocol: each is a request like any other, and what its tool asks is done by
//! the routes of the HTTP API, in the name of that request.
//!
//! INVARIANT: nothing of a message decides whose memory is meant. A call of a tool has the headers of the request
//! that carries it and none of its own, its body is made of arguments that a tool lists, and none of it is looked
//! at for who the user is.
//!
//! `head` judges a request before it is routed, `session` the id of its session, `desk` does what a tool asks.
//! To add a tool: its route in `routes/mcp.rs`.

mod desk;
mod head;
mod session;

use std::sync::Arc;

use anchorhold_mcp::{Answer, Door};
use anchorhold_model::Origin;
use anchorhold_model::limits::BODY_BYTES_MAX;
use anchorhold_wire::{Code, parse};
use axum::http::StatusCode;
use hyper::body::Bytes;
use serde::Deserialize;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{App, Lane};
use crate::written;
use desk::AtWork;
pub(crate) use head::{address, challenge, check, is_allowed_page};

/// Where the door is.
pub(crate) const PATH: &str = "/mcp";
/// Characters of the protocol's own words that a refusal repeats.
const REASON_CHARACTERS_MAX: usize = 200;

/// What the composition root says of the door.
#[derive(Clone, Debug, Default)]
pub struct McpOptions {
    /// The address by which clients know the door, where it is not that by which they ask.
    pub url: Option<String>,
    /// Names of this server by which it may be asked, beside `localhost` and addresses.
    pub allowed_hosts: Vec<String>,
    /// Origins of pages that may use it, beside those that a publishable key lists.
    pub allowed_origins: Vec<Origin>,
    /// Servers that give out tokens which tenants take.
    pub authorization_servers: Vec<String>,
}

/// The door and what was said of it.
pub(crate) struct Mcp {
    door: Door,
    pub(crate) options: McpOptions,
}

impl Mcp {
    pub(crate) fn new(options: McpOptions) -> Self {
        Self {
            door: Door::new(BODY_BYTES_MAX),
            options,
        }
    }
}

/// What of a message is looked at here.
#[derive(Deserialize)]
struct Message {
    method: Option<String>,
}

/// Answers one message.
pub(crate) async fn speak(app: &Arc<App>, lane: Lane, call: Arc<Call>) -> Result<Reply, Refusal> {
    // What stands in it twice, or too deep, is read in one way by nobody.
    let message: Message = parse(&call.received.bytes)?;
    let judged = Arc::clone(&call);
    let session = app
        .lane(lane)
        .run(move || session::judge(&judged))
        .await??;
    let desk = Arc::new(AtWork {
        call: Arc::clone(&call),
        lane,
    });
    let body = Bytes::from(call.received.bytes.clone());
    match app.mcp.door.answer(desk, &call.headers, body).await {
        Answer::Message { status, body } => {
            let begins = message.method.as_deref() == Some("initialize") && status.is_success();
            let body = written::held(&call, body)?;
            let reply = Reply::bytes(status, "application/json", body);
            Ok(if begins {
                reply.with_headers(session.told(app))
            } else {
                reply
            })
        }
        Answer::Refused { status, reason } => Err(refused(status, reason)),
    }
}

/// What is no message of the protocol.
fn refused(status: StatusCode, reason: String) -> Refusal {
    match status {
        StatusCode::NOT_ACCEPTABLE => {
            let rule = "must take both application/json and text/event-stream";
            Refusal::of_field(Code::RequestInvalid, "accept", rule)
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::new(
            Code::RequestInvalid,
            "the body must be one message of the Model Context Protocol",
        ),
        status if status.is_server_error() => Refusal::internal(reason),
        _ => {
            let reason = reason.escape_debug().take(REASON_CHARACTERS_MAX);
            Refusal::new(Code::RequestInvalid, reason.collect::<String>())
        }
    }
}
