//! The two ways into a throw-away server: its HTTP door, or the library without a door.

mod http;
mod library;

use anchorhold_memory::Recipe;
use clap::ValueEnum;

use super::locomo::{Conversation, Turn};
use crate::exit::Error;

pub(super) use http::Http;
pub(super) use library::Library;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Way {
    /// The engine in this process, without HTTP.
    Library,
    /// A real server over loopback.
    Http,
}

/// A memory that was found.
pub(super) struct Found {
    /// The id of the memory.
    pub(super) id: String,
    /// The turn it was made from.
    pub(super) dia_id: String,
}

/// Memories of several users behind one server; a user is the place of its conversation.
pub(super) trait Through {
    /// Keeps turns in a user's own namespace; gives the ids.
    fn keep(&self, user: usize, turns: &[Turn]) -> Result<Vec<String>, Error>;

    /// Asks with a user's own key.
    fn ask(
        &self,
        user: usize,
        question: &str,
        limit: usize,
        recipe: &Recipe,
    ) -> Result<Vec<Found>, Error>;

    /// Ends the server.
    fn stop(self: Box<Self>) -> Result<(), Error>;
}

/// Starts a server with one user for each conversation.
pub(super) fn start(
    way: Way,
    conversations: &[Conversation],
    ablation: bool,
) -> Result<Box<dyn Through>, Error> {
    let users: Vec<&str> = conversations.iter().map(|one| one.id.as_str()).collect();
    Ok(match way {
        Way::Library => Box::new(Library::start(&users, ablation)?),
        Way::Http => Box::new(Http::start(&users)?),
    })
}

/// The metadata of a memory that was made from a turn.
fn metadata(turn: &Turn) -> serde_json::Map<String, serde_json::Value> {
    let dia_id = serde_json::Value::String(turn.dia_id.clone());
    serde_json::Map::from_iter([("dia_id".to_owned(), dia_id)])
}

/// The turn that a memory was made from.
fn dia_id(metadata: &serde_json::Map<String, serde_json::Value>) -> String {
    let dia_id = metadata.get("dia_id").and_then(serde_json::Value::as_str);
    dia_id.unwrap_or_default().to_owned()
}

fn unknown_user() -> Error {
    Error::Failed("no such user".to_owned())
}
