//! OpenAI's API in front of model servers: a chat with what is remembered of its user, and what passes as it is.

mod completions;
mod injection;
mod models;
mod plain;

pub(super) use completions::{route, short_route};
pub(super) use injection::route as injection;
pub(super) use models::{route as models, short_route as short_models};
pub(super) use plain::{completions, embeddings};

use anchorhold_wire::Code;

/// What any request meets that goes on to a model server.
const UPSTREAM: &[Code] = &[
    Code::ModelNotFound,
    Code::UpstreamFailed,
    Code::UpstreamTimeout,
    Code::UpstreamUnavailable,
    Code::RateLimited,
];
