//! From a text to what ranking needs of it; done once when a memory is written.

mod terms;
mod traits;
mod words;

use anchorhold_model::Timestamp;

use crate::Language;
use crate::language::calendar;
pub use terms::Terms;
pub(crate) use terms::{QueryTerm, count, of_query};
pub use traits::Traits;
pub(crate) use words::{Word, normalize, words};

/// The text of a memory and what stands before it in the lexical leg: `[date] speaker: text`.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The content.
    pub text: &'a str,
    /// Who said it.
    pub speaker: Option<&'a str>,
    /// When it happened; its day, month and year become words.
    pub date: Option<Timestamp>,
}

/// All that ranking needs of a text, so that opening a namespace tokenises nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// The terms of the lexical leg.
    pub terms: Terms,
    /// What the priors look at.
    pub traits: Traits,
}

/// Reads a document in the language of its namespace.
pub fn analyse(document: &Document<'_>, language: Language) -> Features {
    let text = words(document.text, language);
    let mut prefix = Vec::new();
    if let Some(date) = document.date {
        prefix.extend(words(&calendar::in_words(date, language), language));
    }
    if let Some(speaker) = document.speaker {
        prefix.extend(words(speaker, language));
    }
    Features {
        terms: Terms::of_document(&prefix, &text),
        traits: Traits::of(document.text, &text, language),
    }
}
