//! One part of an address: what may stand in a user id, a segment or a sub-scope.
//!
//! Rejected, never repaired, never case-folded: a merge of two people is a leak.

use std::fmt;

use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::limits::PART_BYTES_MAX;

/// Why a text is no part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It holds nothing.
    #[error("must not be empty")]
    Empty,
    /// It is longer than [`PART_BYTES_MAX`].
    #[error("must be at most {PART_BYTES_MAX} bytes of UTF-8")]
    TooLong,
    /// It is not in Unicode normalization form C.
    #[error("must be in Unicode normalization form C (NFC)")]
    NotNormalized,
    /// It holds a character that cannot be seen or has no meaning yet.
    #[error("must not hold U+{0:04X}, a control, invisible or unassigned character")]
    Character(u32),
    /// It begins or ends with white space.
    #[error("must not begin or end with white space")]
    OuterSpace,
    /// It begins with a combining mark.
    #[error("must not begin with a combining mark")]
    LeadingMark,
    /// It is `.` or `..`.
    #[error("must not be \".\" or \"..\"")]
    Dots,
    /// It holds a character that has a meaning in names of namespaces or in paths.
    #[error("must not hold {0:?}")]
    Reserved(char),
    /// A name has more segments than allowed.
    #[error("must have at most {0} segments")]
    TooManySegments(usize),
}

/// 1 to 256 bytes of visible, normalized text; compared byte for byte.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part(Box<str>);

impl Part {
    /// Takes a text exactly as it is or says why it cannot be a part.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > PART_BYTES_MAX {
            return Err(TextError::TooLong);
        }
        if let Some(character) = text.chars().find(|&character| is_invisible(character)) {
            return Err(TextError::Character(character.into()));
        }
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            return Err(TextError::OuterSpace);
        }
        let is_mark =
            |character: char| character.general_category_group() == GeneralCategoryGroup::Mark;
        if text.starts_with(is_mark) {
            return Err(TextError::LeadingMark);
        }
        if text == "." || text == ".." {
            return Err(TextError::Dots);
        }
        if !is_nfc(text) {
            return Err(TextError::NotNormalized);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Part {
    /// Names of callers do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Part(..)")
    }
}

/// Control, bidi, zero-width, default-ignorable (DerivedCoreProperties of Unicode) or unassigned.
fn is_invisible(character: char) -> bool {
    let by_category = matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
    );
    by_category
        || matches!(character,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests;
