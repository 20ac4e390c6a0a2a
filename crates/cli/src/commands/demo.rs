//! `demo`: a throw-away server, Alice and Bob, what each sees, and why.

mod play;

use crate::colour::Colours;
use crate::exit::Error;
use crate::output::Output;
use crate::throw_away::{ThrowAway, ThrowAwayServer, Wish};
use anchorhold::house::builtin_embedder;
use play::Play;

/// Show with a throw-away server that Bob does not see what Alice keeps.
pub(crate) struct Demo;

impl Demo {
    /// Plays it; fails unless isolation held at every step.
    pub(crate) fn run(output: Output) -> Result<(), Error> {
        let server = ThrowAwayServer::start(ThrowAway::new(Wish::new(builtin_embedder()?))?)?;
        let mut play = Play::new(output, Colours::of_stdout());
        play.note(&format!(
            "A throw-away server is at {}; its data are in {} and go when the play is over.",
            server.url,
            server.path().display()
        ))?;
        let acted = play.act(&server);
        let steps = play.finish();
        server.stop()?;
        acted?;
        if output.is_json() {
            output.value(&steps)?;
        }
        match steps.iter().filter(|step| !step.held).count() {
            0 => Ok(()),
            broken => Err(Error::Failed(format!(
                "isolation did not hold in {broken} steps"
            ))),
        }
    }
}
