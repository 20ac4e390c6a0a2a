//! `completions`: what a shell sources to complete our commands.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Arguments;
use crate::exit::Error;

/// Print completions for a shell.
#[derive(Args)]
pub(crate) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    /// Prints them.
    pub(crate) fn run(self) -> Result<(), Error> {
        use std::io::Write as _;
        // Written at once: the generator gives up with a panic when its reader goes away.
        let mut text = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut Arguments::command(),
            "anchorhold",
            &mut text,
        );
        Ok(std::io::stdout().lock().write_all(&text)?)
    }
}
