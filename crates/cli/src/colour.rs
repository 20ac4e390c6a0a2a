//! Colour on standard output: only on a terminal, and never against NO_COLOR.

use std::io::IsTerminal as _;

use crate::system;

/// Whether and how texts are coloured.
#[derive(Clone, Copy)]
pub(crate) struct Colours {
    on: bool,
}

/// The few colours there are.
#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Cyan,
    Yellow,
    Green,
    Red,
    Faint,
}

impl Colours {
    /// As standard output and the environment want it.
    pub(crate) fn of_stdout() -> Self {
        let dumb = system::variable("TERM").is_some_and(|term| term == "dumb");
        let refused = system::variable("NO_COLOR").is_some();
        Self {
            on: std::io::stdout().is_terminal() && !refused && !dumb,
        }
    }

    /// The text in a colour.
    pub(crate) fn paint(self, colour: Colour, text: &str) -> String {
        if !self.on {
            return text.to_owned();
        }
        let code = match colour {
            Colour::Cyan => 36,
            Colour::Yellow => 33,
            Colour::Green => 32,
            Colour::Red => 31,
            Colour::Faint => 2,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
