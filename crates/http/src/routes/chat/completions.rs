//! `POST /v1/chat/completions`, and the same without `/v1`: a chat, with what is remembered of its user.

use anchorhold_wire::Code;
use anchorhold_wire::chat::ModelRequest;

use super::UPSTREAM;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::relay::Passing;
use crate::route::{Route, Speaks};

pub(in crate::routes) fn route() -> Route {
    of("/v1/chat/completions", "chat")
}

pub(in crate::routes) fn short_route() -> Route {
    of("/chat/completions", "chat_short")
}

fn of(template: &'static str, verb: &'static str) -> Route {
    Route::passed(template, verb, begin)
        .summary("Chat with a model that is told what is remembered of the user.")
        .speaks(Speaks::ForUser)
        .speaks_in_body()
        .takes::<ModelRequest>()
        .gives_pieces(
            "text/event-stream",
            None,
            "What the model answers: events, or JSON where no stream is asked for. Headers tell what of the \
             memory stood in its prompt.",
        )
        .refuses(&[Code::ContextLengthExceeded])
        .refuses(UPSTREAM)
        .without_place()
}

fn begin(call: &Call) -> Result<Passing, Refusal> {
    Passing::chat(call, call.chatting()?)
}
