//! Words of a text: UAX#29 segments of the normalised text, with CJK scripts by characters.

use rust_stemmers::Stemmer;
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::Language;

/// Characters of a word above which it is no word of a language and is not stemmed.
const STEM_CHARACTERS_MAX: usize = 48;

/// A word that can be matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The word in compatibility form and lower case.
    pub(crate) surface: String,
    /// What is matched; `None` for a stopword.
    pub(crate) term: Option<String>,
    /// The character directly before, when both belong to a script without spaces.
    pub(crate) bigram: Option<String>,
    /// Whether it is one character of a script without spaces.
    pub(crate) is_character: bool,
}

/// The form in which texts are compared: NFKC, lower case, plain apostrophes, nothing invisible.
pub(crate) fn normalize(text: &str, language: Language) -> String {
    if text.is_ascii() && language != Language::Turkish {
        return text.to_ascii_lowercase();
    }
    let mut normal = String::with_capacity(text.len());
    for character in text.nfkc() {
        match character {
            '\u{2019}' | '\u{2bc}' | '\u{ff07}' => normal.push('\''),
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
            'İ' if language == Language::Turkish => normal.push('i'),
            'I' if language == Language::Turkish => normal.push('ı'),
            character => normal.extend(character.to_lowercase()),
        }
    }
    normal
}

/// The words of a text in order.
pub(crate) fn words(text: &str, language: Language) -> Vec<Word> {
    let normal = normalize(text, language);
    let stemmer = language.stemmer();
    let mut words = Vec::new();
    // The last character of a script without spaces and where it ended.
    let mut before: Option<(usize, char)> = None;
    for (start, segment) in normal.unicode_word_indices() {
        if !segment.contains(is_spaceless) {
            plain(segment, language, &stemmer, &mut words);
            continue;
        }
        let mut rest = String::new();
        for (offset, character) in segment.char_indices() {
            if !is_spaceless(character) {
                rest.push(character);
                continue;
            }
            plain(&std::mem::take(&mut rest), language, &stemmer, &mut words);
            let at = start + offset;
            let previous = before.filter(|&(end, _)| end == at);
            words.push(Word {
                surface: character.to_string(),
                term: Some(character.to_string()),
                bigram: previous.map(|(_, previous)| String::from_iter([previous, character])),
                is_character: true,
            });
            before = Some((at + character.len_utf8(), character));
        }
        plain(&rest, language, &stemmer, &mut words);
    }
    words
}

/// Adds a word of a script with spaces.
fn plain(segment: &str, language: Language, stemmer: &Stemmer, words: &mut Vec<Word>) {
    if language.splits_at_apostrophe() && segment.contains('\'') {
        for part in segment.split('\'') {
            plain(part, language, stemmer, words);
        }
        return;
    }
    if segment.is_empty() {
        return;
    }
    // `don't`, `she's`, `they've`: as empty as the word before the apostrophe.
    let head = segment.split('\'').next().unwrap_or(segment);
    let is_stopword = language.is_stopword(segment)
        || (segment.len() <= head.len() + 3 && language.is_stopword(head));
    words.push(Word {
        surface: segment.to_owned(),
        term: (!is_stopword).then(|| stem(segment, stemmer)),
        bigram: None,
        is_character: false,
    });
}

fn stem(word: &str, stemmer: &Stemmer) -> String {
    // Numbers and codes are matched as they are.
    let is_word = word.chars().all(|one| one.is_alphabetic() || one == '\'');
    if !is_word || word.chars().nth(STEM_CHARACTERS_MAX).is_some() {
        return word.to_owned();
    }
    let stemmed = stemmer.stem(word);
    if stemmed.is_empty() {
        word.to_owned()
    } else {
        stemmed.into_owned()
    }
}

/// Scripts whose words are not divided by spaces, and Hangul, whose words carry their particles.
const fn is_spaceless(character: char) -> bool {
    matches!(character,
        '\u{0e00}'..='\u{0eff}'      // Thai, Lao
        | '\u{1000}'..='\u{109f}'    // Myanmar
        | '\u{1100}'..='\u{11ff}'    // Hangul letters
        | '\u{1780}'..='\u{17ff}'    // Khmer
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}'    // Hiragana, Katakana
        | '\u{3100}'..='\u{318f}'    // Bopomofo, Hangul letters
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'    // Han
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}'    // Hangul
        | '\u{f900}'..='\u{faff}'
        | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests;
