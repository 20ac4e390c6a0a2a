//! What the turn priors look at.

use super::Word;
use crate::Language;
use crate::language::calendar;

/// Traits of a text as a turn of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Whether it ends in a question.
    pub question: bool,
    /// Whether it holds a word of time.
    pub temporal: bool,
    /// Its words, stopwords too; at most 65,535.
    pub words: u16,
}

impl Traits {
    pub(super) fn of(text: &str, words: &[Word], language: Language) -> Self {
        Self {
            question: is_question(text),
            temporal: words
                .iter()
                .any(|word| calendar::is_temporal(&word.surface, language)),
            words: u16::try_from(words.len()).unwrap_or(u16::MAX),
        }
    }
}

fn is_question(text: &str) -> bool {
    text.contains(['?', '？', '؟', '\u{37e}'])
}
