//! `GET /v1/models`, and the same without `/v1`: the models that can be asked.

use std::sync::Arc;

use anchorhold_wire::Code;
use anchorhold_wire::chat::ModelList;
use serde_json::Value;
use tokio::runtime::Handle;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(in crate::routes) fn route() -> Route {
    of("/v1/models", "model_list")
}

pub(in crate::routes) fn short_route() -> Route {
    of("/models", "model_list_short")
}

fn of(template: &'static str, verb: &'static str) -> Route {
    Route::get(template, verb, list)
        .summary("List the models of all model servers.")
        .gives::<ModelList>(200, "The models, each under the name to ask for it.")
        .refuses(&[Code::AccessForbidden])
}

fn list(call: &Call) -> Result<Reply, Refusal> {
    call.passage()?;
    let upstreams = Arc::clone(&call.app.upstreams);
    // On a worker, which may wait for a server that is asked which models it has.
    let models = Handle::current().block_on(upstreams.models());
    let data = models.into_iter().map(Value::Object).collect();
    Reply::ok(call, &ModelList::new(data))
}
