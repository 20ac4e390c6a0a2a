//! Requests that go on to a model server: what is remembered is put into the prompt on the way there, what was
//! said is kept on the way back.
//!
//! The steps, each once: the gate and the route of the model on a worker (`begin`), what is remembered on
//! another (`remember`), the request outward, the answer (`answer`). Whatever the memory does not do in time,
//! or cannot, the chat goes on without; whoever may not ask is refused before anything goes out.
//!
//! To add a route that is passed on as it is: [`Passing::plain`] in its `begin`.

mod answer;
mod failure;
mod keeping;
mod remember;

use std::sync::Arc;

use anchorhold_identity::{Chatting, Passage};
use anchorhold_model::TenantId;
use anchorhold_proxy::{Problem, Prompt};
use anchorhold_upstream::{Call as Outward, Route as ModelRoute};
use anchorhold_wire::Code;
use axum::http::header::ACCEPT;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::room::Share;
use crate::state::{App, Lane};
use keeping::Keeping;
use remember::{Memory, Remembered};
pub(crate) use remember::{recollection, threshold, zones};

/// How a client says whether its chat is remembered.
const WISH: &str = "x-anchorhold-memory";

/// What decides on a request that is passed on, on a worker.
pub(crate) type Begin = fn(&Call) -> Result<Passing, Refusal>;

/// A request that may go out.
pub(crate) struct Passing {
    tenant: TenantId,
    route: ModelRoute,
    /// The model as the client calls it.
    asked: String,
    path: &'static str,
    memory: Option<Arc<Chatting>>,
    /// What the client is told of the memory, where it has no part.
    word: &'static str,
}

impl Passing {
    /// One that is passed on as it is.
    pub(crate) fn plain(
        call: &Call,
        passage: &Passage,
        path: &'static str,
    ) -> Result<Self, Refusal> {
        let (asked, route) = model_route(call)?;
        Ok(Self {
            tenant: passage.tenant().id,
            route,
            asked,
            path,
            memory: None,
            word: "off",
        })
    }

    /// A chat, with what is remembered as far as the client and the tenant want that.
    pub(crate) fn chat(call: &Call, chatting: Chatting) -> Result<Self, Refusal> {
        let word = remember::part(call, &chatting)?;
        let (asked, route) = model_route(call)?;
        Ok(Self {
            tenant: chatting.passage.tenant().id,
            route,
            asked,
            path: "chat/completions",
            memory: (word == "on").then(|| Arc::new(chatting)),
            word,
        })
    }

    /// Whether the client knows the model by the name that its server has for it.
    fn is_renamed(&self) -> bool {
        self.asked != self.route.model.name
    }
}

/// Where the model of a request is served.
fn model_route(call: &Call) -> Result<(String, ModelRoute), Refusal> {
    let asked = anchorhold_proxy::model(&call.received.bytes).map_err(unreadable)?;
    let upstreams = Arc::clone(&call.app.upstreams);
    // On a worker, which may wait for a server that is asked which models it has.
    let route = Handle::current().block_on(upstreams.route(&asked));
    let known = "GET /v1/models lists those that can be asked";
    let unknown = || {
        Refusal::new(
            Code::ModelNotFound,
            format!("no such model is served; {known}"),
        )
    };
    Ok((asked, route.ok_or_else(unknown)?))
}

/// What is wrong with a body.
fn unreadable(problem: Problem) -> Refusal {
    match problem {
        Problem::Json => Refusal::new(Code::JsonInvalid, "the body must be one JSON object"),
        Problem::Field { field, rule } => Refusal::of_field(Code::RequestInvalid, field, rule),
    }
}

/// Passes a request on and gives what is answered.
pub(crate) async fn pass(
    app: &Arc<App>,
    lane: Lane,
    call: Arc<Call>,
    begin: Begin,
) -> Result<Reply, Refusal> {
    let place = app.chats.take(call.holder, 1).ok_or_else(too_many)?;
    let pool = app.lane(lane);
    let begun = Arc::clone(&call);
    let passing = Arc::new(pool.run(move || begin(&begun)).await??);
    let memory = match &passing.memory {
        None => untouched(&call, &passing, passing.word),
        Some(_) => remembered(app, lane, &call, &passing).await?,
    };
    let Memory {
        body,
        headers,
        keeping,
    } = memory;
    let keeping = Keeping::new(Arc::clone(app), lane, keeping, place);
    let outward = Outward {
        path: passing.path,
        accept: call.headers.get(ACCEPT).cloned(),
        body: body.into(),
    };
    let sent = passing.route.server.send(passing.tenant, outward).await;
    let answered = sent.map_err(failure::of)?;
    let shown = passing.is_renamed().then(|| passing.asked.clone());
    let shape = answer::Shape {
        is_stream: anchorhold_proxy::is_stream(&call.received.bytes),
        shown,
    };
    let reply = answer::reply(&call, answered, shape, keeping).await?;
    Ok(reply.with_headers(headers))
}

fn too_many() -> Refusal {
    Refusal::new(
        Code::Overloaded,
        "too many chats run at once, of this tenant or of all; repeat after the seconds of Retry-After",
    )
}

/// The chat as it came.
fn untouched(call: &Call, passing: &Passing, word: &'static str) -> Memory {
    let model = &passing.route.model.name;
    let bytes = &call.received.bytes;
    Memory {
        body: if passing.is_renamed() {
            Prompt::untouched(bytes, model)
        } else {
            bytes.clone()
        },
        headers: vec![remember::told(word)],
        keeping: None,
    }
}

/// The chat with what is remembered, or without it when that takes too long or cannot be had.
async fn remembered(
    app: &App,
    lane: Lane,
    call: &Arc<Call>,
    passing: &Arc<Passing>,
) -> Result<Memory, Refusal> {
    let (asking, of_passing) = (Arc::clone(call), Arc::clone(passing));
    let work = app
        .lane(lane)
        .run(move || remember::remember(&asking, &of_passing));
    match timeout(app.limits.chat_memory_time_max, work).await {
        Ok(Ok(Ok(Remembered::Fits(memory)))) => Ok(memory),
        Ok(Ok(Ok(Remembered::TooLong(too_long)))) => Err(Refusal::new(
            Code::ContextLengthExceeded,
            too_long.to_string(),
        )),
        Ok(Ok(Err(refusal))) => Err(refusal),
        // Too many wait, a verb panicked, or it takes too long.
        Ok(Err(_)) | Err(_) => Ok(untouched(call, passing, remember::DEGRADED)),
    }
}

/// A place among the chats.
pub(crate) type Place = Share;
