//! Cleans a text: no controls, ideographs apart, no accents, lower case.

use unicode_normalization::UnicodeNormalization;

use super::characters::{is_accent, is_dropped, is_ideograph};

/// The characters of the text after cleaning, in the order BERT's tokenizer applies its steps.
pub(super) fn normalised(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|character| !is_dropped(*character))
        .flat_map(spaced)
        .nfd()
        .filter(|character| !is_accent(*character))
        .flat_map(char::to_lowercase)
}

/// An ideograph with a space on both sides; anything else as it is.
fn spaced(character: char) -> impl Iterator<Item = char> {
    let space = is_ideograph(character).then_some(' ');
    space.into_iter().chain([character]).chain(space)
}
