//! `POST /v1/completions` and `POST /v1/embeddings`: passed on as they are.

use anchorhold_wire::Code;
use anchorhold_wire::chat::ModelRequest;

use super::UPSTREAM;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::relay::Passing;
use crate::route::Route;

pub(in crate::routes) fn completions() -> Route {
    let begin = |call: &Call| Passing::plain(call, &call.passage()?, "completions");
    of("/v1/completions", "completions", begin)
        .summary("Have a model go on with a text; nothing is remembered.")
}

pub(in crate::routes) fn embeddings() -> Route {
    let begin = |call: &Call| Passing::plain(call, &call.passage()?, "embeddings");
    of("/v1/embeddings", "embeddings", begin)
        .summary("Have a model server make vectors of texts; nothing is remembered.")
}

fn of(
    template: &'static str,
    verb: &'static str,
    begin: fn(&Call) -> Result<Passing, Refusal>,
) -> Route {
    Route::passed(template, verb, begin)
        .takes::<ModelRequest>()
        .gives_pieces("text/event-stream", None, "What the model server answers.")
        .refuses(&[Code::AccessForbidden])
        .refuses(UPSTREAM)
        .without_place()
}
