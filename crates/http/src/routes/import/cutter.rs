//! Cuts a body into lines of bounded length, whatever pieces it comes in.

use anchorhold_model::limits::IMPORT_LINE_BYTES_MAX;

/// A line, without what ended it.
pub(super) struct Cut {
    /// The number of the line; the first is 1.
    pub(super) number: u64,
    /// `None` for one that is too long.
    pub(super) text: Option<Vec<u8>>,
    /// Whether the body ended before the line did.
    pub(super) is_open: bool,
}

/// What is left of the pieces so far.
#[derive(Default)]
pub(super) struct Cutter {
    number: u64,
    held: Vec<u8>,
    is_too_long: bool,
}

impl Cutter {
    /// The next line that ends in `bytes`, which keep what comes behind it.
    pub(super) fn cut(&mut self, bytes: &mut &[u8]) -> Option<Cut> {
        let Some(length) = bytes.iter().position(|byte| *byte == b'\n') else {
            self.hold(bytes);
            *bytes = &[];
            return None;
        };
        let (line, rest) = bytes.split_at_checked(length)?;
        self.hold(line);
        *bytes = rest.split_first().map_or(&[], |(_, rest)| rest);
        Some(self.release(false))
    }

    /// What stands behind the last end of a line.
    pub(super) fn last(&mut self) -> Option<Cut> {
        (self.is_too_long || !self.held.is_empty()).then(|| self.release(true))
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.held.len() + bytes.len() > IMPORT_LINE_BYTES_MAX {
            self.is_too_long = true;
            self.held = Vec::new();
        }
        if !self.is_too_long {
            self.held.extend_from_slice(bytes);
        }
    }

    fn release(&mut self, is_open: bool) -> Cut {
        self.number += 1;
        let text = std::mem::take(&mut self.held);
        let is_too_long = std::mem::take(&mut self.is_too_long);
        Cut {
            number: self.number,
            text: (!is_too_long).then_some(text),
            is_open,
        }
    }
}

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
#[cfg(test)]
mod tests;
