//! `edit`: changes one memory; what is not named stays.

use anchorhold_client::wire::patch::PatchMemory;
use anchorhold_model::Change;
use clap::Args;

use crate::commands::get;
use crate::commands::remember::{Attributes, content};
use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Change one memory.
#[derive(Args)]
pub(crate) struct Edit {
    /// The id of the memory
    id: String,
    /// The new text; `-` reads it from standard input
    #[arg(long)]
    content: Option<String>,
    #[command(flatten)]
    attributes: Attributes,
    /// Take all tags away
    #[arg(long, conflicts_with = "tags")]
    no_tags: bool,
    /// Take the time of the event away
    #[arg(long, conflicts_with = "event_time")]
    no_event_time: bool,
    /// Keep it for ever
    #[arg(long, conflicts_with = "ttl_seconds")]
    no_ttl: bool,
    /// Only if the memory is at this version
    #[arg(long)]
    version: Option<u64>,
    #[command(flatten)]
    connection: Connection,
}

impl Edit {
    /// Changes it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let attributes = self.attributes;
        let tags = (self.no_tags || !attributes.tags.is_empty()).then_some(attributes.tags);
        let changes = PatchMemory {
            content: self.content.map(content).transpose()?,
            memory_type: attributes.memory_type,
            importance: attributes.importance,
            tags,
            metadata: attributes.metadata,
            event_time: change(attributes.event_time, self.no_event_time),
            ttl_seconds: change(attributes.ttl_seconds, self.no_ttl),
            vector: attributes.vector,
            namespace: None,
        };
        let client = self.connection.client()?;
        let memory = client
            .memory_patch(&self.id, &changes, self.version)
            .map_err(refused)?;
        get::show(&memory, output)
    }
}

fn change<T>(value: Option<T>, clear: bool) -> Change<T> {
    match (value, clear) {
        (Some(value), _) => Change::Set(value),
        (None, true) => Change::Clear,
        (None, false) => Change::Keep,
    }
}
