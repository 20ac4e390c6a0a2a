//! `recall`: finds the memories that answer a question.

use anchorhold_client::wire::recall::RecallRequest;
use clap::Args;
use serde_json::Value;

use crate::commands::remember::{Numbers, vector};
use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::{Output, shortened};

/// Find the memories that answer a question.
#[derive(Args)]
pub(crate) struct Recall {
    /// The question in plain words
    query: String,
    /// How many results, 1 to 200
    #[arg(long)]
    limit: Option<u64>,
    /// The least similarity of a result, 0 to 1
    #[arg(long)]
    threshold: Option<f64>,
    #[arg(long, value_parser = json, help = "A filter, such as '{\"tags\": {\"any\": [\"work\"]}}'")]
    filter: Option<Value>,
    /// The vector of the question, a JSON list, where the application makes the vectors
    #[arg(long, value_parser = vector)]
    vector: Option<Numbers>,
    /// Say how each score came about
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Recall {
    /// Asks.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let question = RecallRequest {
            query: self.query,
            limit: self.limit,
            threshold: self.threshold,
            filter: self.filter,
            vector: self.vector,
            explain: self.explain.then_some(true),
            ..RecallRequest::default()
        };
        let reply = self
            .connection
            .client()?
            .recall(&question)
            .map_err(refused)?;
        output.either(&reply, || {
            let row = |result: &anchorhold_client::wire::recall::RecallResult| {
                vec![
                    result.rank.to_string(),
                    format!("{:.3}", result.score),
                    format!("{:.3}", result.similarity),
                    result.memory.id.clone(),
                    shortened(&result.memory.content, 100),
                ]
            };
            let rows: Vec<_> = reply.results.iter().map(row).collect();
            output.table(&["rank", "score", "similar", "id", "content"], &rows)?;
            for result in &reply.results {
                if let Some(why) = &result.why {
                    output.line(&format!("{}: {why}", result.rank))?;
                }
            }
            Ok(())
        })
    }
}

/// Reads a JSON value of the command line.
pub(crate) fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("must be JSON: {error}"))
}
