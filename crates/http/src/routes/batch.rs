//! `POST /v1/batch`: up to 100 requests in one, through the same routes and the same gate.
//!
//! INVARIANT: an operation has the headers of the request that carries it and none of its own, so it
//! may do what that request could do alone, and nothing else.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Weak};

use anchorhold_memory::Error;
use anchorhold_model::limits::BATCH_REPLY_BYTES_MAX;
use anchorhold_wire::batch::{BatchAnswer, BatchAnswers, BatchRequest, Operation};
use anchorhold_wire::{Code, Rejection};
use axum::http::header::IF_MATCH;
use hyper::body::Bytes;
use serde_json::value::RawValue;

use super::{forget, memories, recall};
use crate::body::Received;
use crate::call::Call;
use crate::path;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Run, Speaks};

/// What an operation may be. What is erased, exported or handed out is asked for alone.
static INNER: LazyLock<Vec<Arc<Route>>> = LazyLock::new(|| {
    let routes = [
        memories::create::route(),
        memories::batch::route(),
        memories::list::route(),
        memories::get::route(),
        memories::update::route(),
        memories::delete::route(),
        recall::route(),
        forget::route(),
    ];
    routes.into_iter().map(Arc::new).collect()
});

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/batch", "batch", batch)
        .summary("Do up to 100 requests on memories, one after the other.")
        .speaks(Speaks::ForUser)
        .takes::<BatchRequest>()
        .gives::<BatchAnswers>(200, "One answer for each request, in their order.")
}

fn batch(call: &Call) -> Result<Reply, Refusal> {
    let operations = call.body::<BatchRequest>()?;
    // A key that counts nowhere on this listener is refused once, not in every answer.
    call.listing()?;
    if call.headers.contains_key(IF_MATCH) {
        let rule = "is about one memory, and a batch is about many; send that change alone";
        return Err(Refusal::of_field(Code::RequestInvalid, "if-match", rule));
    }
    let mut results = Vec::with_capacity(operations.len());
    // The room of the answers until all of them are one.
    let mut rooms = Vec::with_capacity(operations.len());
    let mut bytes = 0;
    for operation in operations {
        let answer = match operation {
            Ok(_) if bytes > BATCH_REPLY_BYTES_MAX => Err(too_much()),
            // Each stands for itself, so those that have not begun need not begin.
            Ok(_) if !call.is_awaited() => Err(Refusal::from(Error::Abandoned)),
            Ok(operation) => run(call, operation),
            Err(rejection) => Err(Refusal::from(rejection)),
        };
        let answer = match answer {
            Ok((status, body, room)) => {
                rooms.push(room);
                BatchAnswer { status, body }
            }
            Err(refusal) => refused(call, refusal)?,
        };
        bytes += answer.body.get().len();
        results.push(answer);
    }
    Reply::ok(call, &BatchAnswers { results })
}

/// What one operation is answered.
fn run(call: &Call, operation: Operation) -> Result<(u16, Box<RawValue>, Bytes), Refusal> {
    let (place, query) = match operation.path.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (operation.path.as_str(), None),
    };
    path::check(place)?;
    let (route, parameters) = find(&operation.method, place)?;
    let received = match (&route.takes, &operation.body) {
        (Some(_), Some(body)) => Received::of(body.get()),
        (None, Some(_)) => {
            let rule = "this route takes no body; leave it out, and name a namespace in the query";
            return Err(Refusal::new(Code::RequestInvalid, rule));
        }
        (_, None) => Received::default(),
    };
    let (Run::Whole(verb) | Run::Quick(_, verb)) = route.run else {
        return Err(Refusal::internal("a batch holds a stream"));
    };
    let inner = Call {
        app: Arc::clone(&call.app),
        query: Query::read(query, route.query)?,
        route,
        request_id: call.request_id.clone(),
        headers: call.headers.clone(),
        arrival: Arc::clone(&call.arrival),
        parameters,
        received,
        holder: call.holder,
        needs_credential: true,
        client: Weak::clone(&call.client),
    };
    // What came before it is done, so its answer is given whatever becomes of this one.
    let unwound = catch_unwind(AssertUnwindSafe(|| inner.run(verb)));
    let reply = unwound.unwrap_or_else(|_| Err(Refusal::internal("a verb panicked")))?;
    reply.into_json()
}

/// The route of an operation, and the parts of its path.
fn find(method: &str, place: &str) -> Result<(Arc<Route>, BTreeMap<String, String>), Refusal> {
    let mut is_known = false;
    for route in INNER.iter() {
        let Some(parameters) = parameters(route.template, place) else {
            continue;
        };
        is_known = true;
        if route.method.eq_ignore_ascii_case(method) {
            return Ok((Arc::clone(route), parameters));
        }
    }
    Err(if is_known {
        Refusal::method_not_allowed()
    } else {
        Refusal::new(
            Code::RouteNotFound,
            "a batch holds requests to /v1/memories, /v1/recall and /v1/forget alone",
        )
    })
}

/// The parts of a path that a template names; `None` when it is another path.
fn parameters(template: &str, place: &str) -> Option<BTreeMap<String, String>> {
    let mut parts = place.split('/');
    let mut named = BTreeMap::new();
    for expected in template.split('/') {
        let part = parts.next()?;
        let name = expected
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        match name {
            Some(name) if !part.is_empty() => {
                named.insert(name.to_owned(), part.to_owned());
            }
            None if expected == part => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(named)
}

fn too_much() -> Refusal {
    let message = "the answers before this one are too long together; ask for it in another batch";
    Refusal::from(Rejection::new(Code::BodyTooLarge, message))
}

fn refused(call: &Call, refusal: Refusal) -> Result<BatchAnswer, Refusal> {
    let (status, error) = refusal.into_detail(&call.request_id);
    let body = serde_json::value::to_raw_value(&anchorhold_wire::ErrorBody { error });
    let body = body.map_err(|_| Refusal::internal("a refusal cannot be written"))?;
    Ok(BatchAnswer { status, body })
}
