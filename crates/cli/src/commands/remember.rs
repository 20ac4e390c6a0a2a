//! `remember`: keeps a memory.

use std::io::Read as _;

use anchorhold_client::wire::memory::CreateMemory;
use anchorhold_model::{MemoryType, Timestamp};
use clap::Args;
use serde_json::{Map, Value};

use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Keep a memory.
#[derive(Args)]
pub(crate) struct Remember {
    /// What to keep; `-` reads it from standard input
    text: String,
    #[command(flatten)]
    attributes: Attributes,
    /// Who said it
    #[arg(long)]
    speaker: Option<String>,
    /// The conversation it belongs to
    #[arg(long)]
    conversation: Option<String>,
    /// Your own id, a UUID; keeping the same again under it changes nothing
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

/// What `remember` and `edit` have in common.
#[derive(Args)]
pub(crate) struct Attributes {
    /// semantic, episodic, procedural or working
    #[arg(long = "type", value_parser = memory_type)]
    pub(crate) memory_type: Option<MemoryType>,
    /// How much it matters, 0 to 1
    #[arg(long)]
    pub(crate) importance: Option<f64>,
    /// A tag; may be given more than once
    #[arg(long = "tag")]
    pub(crate) tags: Vec<String>,
    /// A JSON object to keep beside it
    #[arg(long, value_parser = object)]
    pub(crate) metadata: Option<Map<String, Value>>,
    /// When it happened, such as 2026-11-22T10:00:00Z
    #[arg(long, value_parser = time)]
    pub(crate) event_time: Option<Timestamp>,
    /// Seconds until it is gone
    #[arg(long)]
    pub(crate) ttl_seconds: Option<u64>,
    /// The vector of the text, a JSON list, where the application makes the vectors
    #[arg(long, value_parser = vector)]
    pub(crate) vector: Option<Numbers>,
}

/// A vector in one argument; under the name `Vec` it would be an argument for each number.
pub(crate) type Numbers = Vec<f32>;

impl Remember {
    /// Keeps it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let attributes = self.attributes;
        let memory = CreateMemory {
            content: content(self.text)?,
            memory_type: attributes.memory_type,
            importance: attributes.importance,
            tags: (!attributes.tags.is_empty()).then_some(attributes.tags),
            metadata: attributes.metadata,
            event_time: attributes.event_time,
            ttl_seconds: attributes.ttl_seconds,
            speaker: self.speaker,
            conversation: self.conversation,
            id: self.id,
            vector: attributes.vector,
            namespace: None,
        };
        let kept = self
            .connection
            .client()?
            .remember(&memory)
            .map_err(refused)?;
        output.either(&kept, || {
            let already = if kept.replayed {
                " (was there already)"
            } else {
                ""
            };
            output.line(&format!("kept {}{already}", kept.id))
        })
    }
}

/// The text itself, or what standard input holds, without its last line end.
pub(crate) fn content(text: String) -> Result<String, Error> {
    if text != "-" {
        return Ok(text);
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Error::Usage(format!("cannot read standard input: {error}")))?;
    let without = text.strip_suffix('\n').map(str::len);
    text.truncate(without.unwrap_or(text.len()));
    Ok(text)
}

fn memory_type(word: &str) -> Result<MemoryType, String> {
    MemoryType::parse(word)
        .ok_or_else(|| "must be semantic, episodic, procedural or working".to_owned())
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("must be a JSON object: {error}"))
}

/// Reads a vector of the command line.
pub(crate) fn vector(text: &str) -> Result<Numbers, String> {
    serde_json::from_str(text).map_err(|error| format!("must be a JSON list of numbers: {error}"))
}

pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "must be a time such as 2026-11-22T10:00:00Z".to_owned())
}
