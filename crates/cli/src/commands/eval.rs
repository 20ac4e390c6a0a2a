//! `eval`: quality on data that people know, with a throw-away server.

mod date;
mod evidence;
mod figures;
mod locomo;
mod progress;
mod prompts;
mod report;
mod retrieval;
mod through;

use clap::Subcommand;

use crate::exit::Error;
use crate::output::Output;

/// Measure quality.
#[derive(Subcommand)]
pub(crate) enum Eval {
    /// How well recall finds the turns of conversations that answer questions
    Retrieval(retrieval::Retrieval),
    /// How much of what answers a question stands in the prompt of a chat, within so many tokens
    Prompts(prompts::Prompts),
}

impl Eval {
    /// Measures.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::Retrieval(command) => command.run(output),
            Self::Prompts(command) => command.run(output),
        }
    }
}
