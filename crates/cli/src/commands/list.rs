//! `list`: memories, newest first.

use anchorhold_client::wire::memory::{ListReply, MemoryBody};
use clap::Args;

use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::{Output, shortened};

/// List memories, newest first.
#[derive(Args)]
pub(crate) struct List {
    /// How many, 1 to 200
    #[arg(long)]
    limit: Option<u64>,
    /// Where the last page ended
    #[arg(long)]
    cursor: Option<String>,
    /// Every page
    #[arg(long, conflicts_with_all = ["limit", "cursor"])]
    all: bool,
    #[command(flatten)]
    connection: Connection,
}

impl List {
    /// Lists them.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let client = self.connection.client()?;
        let limit = if self.all { Some(200) } else { self.limit };
        let mut cursor = self.cursor;
        let mut memories = Vec::new();
        loop {
            let mut page = client
                .memory_list(limit, cursor.as_deref())
                .map_err(refused)?;
            memories.append(&mut page.memories);
            cursor = page.next_cursor;
            if !self.all || cursor.is_none() {
                break;
            }
        }
        let reply = ListReply {
            memories,
            next_cursor: cursor,
        };
        output.either(&reply, || {
            let rows: Vec<_> = reply.memories.iter().map(row).collect();
            output.table(&["id", "created", "type", "content"], &rows)?;
            match &reply.next_cursor {
                None => Ok(()),
                Some(cursor) => output.line(&format!("more: --cursor {cursor}")),
            }
        })
    }
}

fn row(memory: &MemoryBody) -> Vec<String> {
    vec![
        memory.id.clone(),
        memory.created_at.to_string(),
        memory.memory_type.as_str().to_owned(),
        shortened(&memory.content, 100),
    ]
}
