//! What the turn priors look at.

use super::Word;
use crate::Language;
use crate::language::calendar;

/// Traits of a text as a turn of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Whether it ends with a question.
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

/// Whether a text ends with a question mark, whatever closes it or smiles after it.
fn is_question(text: &str) -> bool {
    let mut ending = text.chars().rev().take_while(|one| !one.is_alphanumeric());
    ending.any(|one| matches!(one, '?' | '？' | '؟' | '\u{37e}'))
}
