//! Text to word pieces, as BERT's uncased tokenizer does it: normalise, split into words, then
//! the longest known piece again and again.
//!
//! One deliberate difference: `[CLS]`, `[SEP]` and their like inside a text are plain text here.
//! A user's words must not become the model's punctuation.

mod characters;
mod normalise;
#[cfg(test)]
mod tests;
mod vocabulary;

pub(crate) use vocabulary::Vocabulary;

use characters::is_punctuation;
use normalise::normalised;

/// `[UNK]`, `[CLS]` and `[SEP]` in the vocabulary.
pub(crate) const UNKNOWN: u16 = 100;
pub(crate) const START: u16 = 101;
pub(crate) const END: u16 = 102;

/// A longer word is one unknown piece.
const WORD_CHARACTERS_MAX: usize = 100;

/// The word pieces of a text, without any special piece around them.
pub(crate) fn word_pieces(vocabulary: &Vocabulary<'_>, text: &str) -> Vec<u16> {
    let mut words = Words {
        vocabulary,
        word: String::new(),
        characters: 0,
        pieces: Vec::new(),
    };
    for character in normalised(text) {
        if character.is_whitespace() {
            words.end();
        } else if is_punctuation(character) {
            words.end();
            words.push(character);
            words.end();
        } else {
            words.push(character);
        }
    }
    words.end();
    words.pieces
}

/// The word being collected and the pieces so far.
struct Words<'a> {
    vocabulary: &'a Vocabulary<'a>,
    word: String,
    characters: usize,
    pieces: Vec<u16>,
}

impl Words<'_> {
    fn push(&mut self, character: char) {
        self.characters += 1;
        // Beyond the limit only the count matters; hostile text must not grow the buffer.
        if self.characters <= WORD_CHARACTERS_MAX {
            self.word.push(character);
        }
    }

    fn end(&mut self) {
        if self.characters > WORD_CHARACTERS_MAX {
            self.pieces.push(UNKNOWN);
        } else if self.characters > 0 {
            self.split();
        }
        self.word.clear();
        self.characters = 0;
    }

    /// Greedy longest match; one place without a match makes the whole word unknown.
    fn split(&mut self) {
        let before = self.pieces.len();
        let mut rest = self.word.as_str();
        while !rest.is_empty() {
            let continues = rest.len() < self.word.len();
            let found = self.vocabulary.longest_prefix(rest, continues);
            let Some((piece, tail)) = found else {
                self.pieces.truncate(before);
                self.pieces.push(UNKNOWN);
                return;
            };
            self.pieces.push(piece);
            rest = tail;
        }
    }
}
