//! `forget`: deletes the memories that ids or a filter name.

use anchorhold_client::wire::forget::ForgetRequest;
use clap::Args;
use serde_json::Value;

use crate::commands::recall::json;
use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Delete memories by id or filter.
#[derive(Args)]
pub(crate) struct Forget {
    /// The ids of the memories
    #[arg(required_unless_present = "filter", conflicts_with = "filter")]
    ids: Vec<String>,
    #[arg(long, value_parser = json, help = "Instead of ids: a filter, such as '{\"tags\": {\"any\": [\"draft\"]}}'")]
    filter: Option<Value>,
    /// Say only what would be deleted
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Forget {
    /// Deletes them.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let request = ForgetRequest {
            ids: (!self.ids.is_empty()).then_some(self.ids),
            filter: self.filter,
            dry_run: self.dry_run.then_some(true),
            namespace: None,
        };
        let reply = self
            .connection
            .client()?
            .forget(&request)
            .map_err(refused)?;
        output.either(&reply, || {
            let rows: Vec<_> = reply.ids.iter().map(|id| vec![id.clone()]).collect();
            output.table(&["id"], &rows)?;
            let done = if self.dry_run {
                "would be deleted"
            } else {
                "deleted"
            };
            output.line(&format!("{} {done}", reply.deleted))
        })
    }
}
