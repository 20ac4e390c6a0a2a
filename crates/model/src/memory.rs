//! A memory: its facets and its content.

use std::fmt;

use crate::Facets;
use crate::limits::CONTENT_BYTES_MAX;

/// The text of a memory: 1 to 65,536 bytes. It has no `Debug`, so that no log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(Box<str>);

/// Why a text is refused as content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// It holds nothing.
    #[error("content must not be empty")]
    Empty,
    /// It is longer than [`CONTENT_BYTES_MAX`].
    #[error("content must be at most {CONTENT_BYTES_MAX} bytes of UTF-8")]
    TooLarge,
}

impl Content {
    /// Takes 1 to 65,536 bytes.
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, ContentError> {
        let text = text.into();
        match text.len() {
            0 => Err(ContentError::Empty),
            length if length > CONTENT_BYTES_MAX => Err(ContentError::TooLarge),
            _ => Ok(Self(text)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A memory as its owner sees it.
#[derive(Clone, PartialEq)]
pub struct Memory {
    /// Everything but the content.
    pub facets: Facets,
    /// The text.
    pub content: Content,
}

impl fmt::Debug for Memory {
    /// The id alone: content and labels do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Memory")
            .field("id", &self.facets.id)
            .finish_non_exhaustive()
    }
}
