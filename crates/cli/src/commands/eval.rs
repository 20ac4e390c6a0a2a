//! `eval`: quality on data that people know, with a throw-away server.

mod date;
mod evidence;
mod figures;
mod locomo;
mod progress;
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
}

impl Eval {
    /// Measures.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::Retrieval(command) => command.run(output),
        }
    }
}
