//! `get`: one memory with everything that is kept beside it.

use anchorhold_client::wire::memory::MemoryBody;
use clap::Args;

use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Show one memory.
#[derive(Args)]
pub(crate) struct Get {
    /// The id of the memory
    id: String,
    #[command(flatten)]
    connection: Connection,
}

impl Get {
    /// Shows it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let memory = self
            .connection
            .client()?
            .memory(&self.id)
            .map_err(refused)?;
        show(&memory, output)
    }
}

/// Shows a memory attribute by attribute.
pub(crate) fn show(memory: &MemoryBody, output: Output) -> Result<(), Error> {
    output.either(memory, || {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |time: Option<anchorhold_model::Timestamp>| {
            time.map(|time| time.to_string()).unwrap_or_default()
        };
        let attributes = [
            ("id", memory.id.clone()),
            ("content", memory.content.clone()),
            ("type", memory.memory_type.as_str().to_owned()),
            ("importance", memory.importance.to_string()),
            ("tags", memory.tags.join(", ")),
            (
                "metadata",
                serde_json::Value::Object(memory.metadata.clone()).to_string(),
            ),
            ("speaker", text(&memory.speaker)),
            ("conversation", text(&memory.conversation)),
            ("event time", time(memory.event_time)),
            ("created", memory.created_at.to_string()),
            ("updated", memory.updated_at.to_string()),
            ("expires", time(memory.expires_at)),
            ("version", memory.version.to_string()),
        ];
        let rows = attributes.map(|(name, value)| vec![name.to_owned(), value]);
        output.table(&["attribute", "value"], &rows)
    })
}
