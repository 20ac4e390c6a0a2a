//! What commands print: a table for people, or one JSON value for programs.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::exit::Error;

/// Where a command's results go, and in which form.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether programs read the results.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// The value for programs, or what `people` prints for people.
    pub(crate) fn either<T: Serialize>(
        self,
        value: &T,
        people: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.json {
            self.value(value)
        } else {
            people()
        }
    }

    /// One JSON value on one line.
    pub(crate) fn value<T: Serialize>(self, value: &T) -> Result<(), Error> {
        let text = serde_json::to_string(value)
            .map_err(|error| Error::Failed(format!("cannot write JSON: {error}")))?;
        self.line(&shown(text, &io::stdout()))
    }

    /// One line.
    #[expect(clippy::unused_self, reason = "whoever prints has been told where to")]
    pub(crate) fn line(self, line: &str) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{line}")?;
        Ok(stdout.flush()?)
    }

    /// A table, its columns as wide as their widest cell. Cells lose what a terminal would obey.
    pub(crate) fn table(self, headings: &[&str], rows: &[Vec<String>]) -> Result<(), Error> {
        self.line(table(headings, rows).trim_end_matches('\n'))
    }
}

fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let headings: Vec<String> = headings.iter().map(|&heading| heading.to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(&headings)
        .chain(rows)
        .map(|row| row.iter().map(|cell| visible(cell)).collect())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths) {
            line.push_str(cell);
            let missing = width.saturating_sub(cell.chars().count());
            line.extend(std::iter::repeat_n(' ', missing + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// JSON as it goes to an output: on a terminal, without what that would obey.
pub(crate) fn shown(json: String, output: &impl IsTerminal) -> String {
    if output.is_terminal() {
        escaped(&json)
    } else {
        json
    }
}

/// The same JSON value with what a terminal would obey as escapes; only strings can hold it.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_control() || is_steering(character) {
            text.extend(["\\u", &format!("{:04x}", u32::from(character))]);
        } else {
            text.push(character);
        }
    }
    text
}

/// Marks that turn the direction of writing.
const fn is_steering(character: char) -> bool {
    matches!(character,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text without what a terminal would obey instead of showing: controls, escapes, marks that
/// turn the direction of writing. What callers stored must not steer the reader's terminal.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            character if character.is_control() || is_steering(character) => '\u{fffd}',
            character => character,
        })
        .collect()
}

/// The beginning of a text, for one cell of a table.
pub(crate) fn shortened(text: &str, characters: usize) -> String {
    let mut short: String = text.chars().take(characters).collect();
    if text.chars().nth(characters).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
