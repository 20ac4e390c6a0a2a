//! What counts as a word.

use super::words;
use crate::Language;

fn terms(text: &str, language: Language) -> Vec<String> {
    words(text, language)
        .into_iter()
        .flat_map(|word| [word.term, word.bigram])
        .flatten()
        .collect()
}

#[test]
fn stopwords_and_their_contractions_carry_nothing() {
    assert_eq!(
        terms(
            "Don't you think she’s at the harbour's end?",
            Language::English
        ),
        ["think", "harbour", "end"]
    );
    assert!(terms("What was it that they'd do?", Language::English).is_empty());
}

#[test]
fn an_apostrophe_divides_words_where_the_language_says_so() {
    assert_eq!(terms("l'homme", Language::French), ["homm"]);
    assert_eq!(terms("dell'acqua", Language::Italian), ["acqua"]);
}

#[test]
fn scripts_without_spaces_give_characters_and_pairs_within_a_run() {
    assert_eq!(
        terms("東京、港", Language::English),
        ["東", "京", "東京", "港"]
    );
    assert_eq!(terms("ｶﾞ3月", Language::English), ["ガ", "3", "月"]);
    assert_eq!(
        terms("LG전자", Language::English),
        ["lg", "전", "자", "전자"]
    );
}

#[test]
fn codes_and_numbers_are_matched_as_they_are() {
    assert_eq!(
        terms("XK-4410 runs2 1,000.50 snake_case", Language::English),
        ["xk", "4410", "runs2", "1,000.50", "snake_case"]
    );
}

#[test]
fn compatibility_forms_and_invisible_characters_do_not_divide_texts() {
    assert_eq!(
        terms("ＬＡＮＴＥＲＮ lan\u{ad}tern", Language::English),
        ["lantern", "lantern"]
    );
}
