//! What the tokenizer promises beyond the reference ids.

use super::{UNKNOWN, Vocabulary, word_pieces};
use crate::builtin::VOCABULARY_FILE;

fn pieces(text: &str) -> Vec<String> {
    let vocabulary = Vocabulary::read(VOCABULARY_FILE).expect("built-in vocabulary");
    let names: Vec<&str> = std::str::from_utf8(VOCABULARY_FILE)
        .expect("text")
        .lines()
        .collect();
    let ids = word_pieces(&vocabulary, text);
    ids.iter()
        .map(|id| names[usize::from(*id)].to_owned())
        .collect()
}

#[test]
fn words_are_cut_into_the_longest_known_pieces() {
    assert_eq!(
        pieces("Unaffable anchorholds!"),
        ["una", "##ffa", "##ble", "anchor", "##hold", "##s", "!"]
    );
}

#[test]
fn accents_and_case_do_not_matter() {
    assert_eq!(pieces("CAFÉ Zürich"), pieces("cafe zurich"));
    assert_eq!(pieces("cafe\u{301}"), pieces("café"));
}

#[test]
fn ideographs_stand_alone_and_controls_vanish() {
    assert_eq!(pieces("a中国b"), ["a", "中", "国", "b"]);
    assert_eq!(pieces("he\u{200d}l\u{0}lo"), ["hello"]);
}

#[test]
fn special_names_in_a_text_are_plain_text() {
    assert_eq!(pieces("[SEP]"), ["[", "sep", "]"]);
    assert_eq!(pieces("[CLS]").len(), 4);
}

#[test]
fn a_word_above_one_hundred_characters_is_unknown() {
    assert_eq!(pieces(&"a".repeat(101)), ["[UNK]"]);
    assert_ne!(pieces(&"a".repeat(100)), ["[UNK]"]);
    assert_eq!(pieces("🦀 x"), ["[UNK]", "x"]);
}

#[test]
fn blank_text_has_no_pieces() {
    assert!(pieces(" \t\r\n\u{a0}\u{200b}\u{301}").is_empty());
}

#[test]
fn every_piece_of_the_vocabulary_that_starts_a_word_is_found_again() {
    let vocabulary = Vocabulary::read(VOCABULARY_FILE).expect("built-in vocabulary");
    let lines = std::str::from_utf8(VOCABULARY_FILE).expect("text").lines();
    for (id, line) in (0_u16..).zip(lines) {
        let (continues, text) = match line.strip_prefix("##") {
            Some(text) if !text.is_empty() => (true, text),
            _ => (false, line),
        };
        assert_eq!(
            vocabulary.longest_prefix(text, continues),
            Some((id, "")),
            "{line}"
        );
    }
}

#[test]
fn a_foreign_vocabulary_is_refused() {
    assert!(Vocabulary::read(b"a\nb\n").is_err());
    assert!(Vocabulary::read(&[0xff; 9]).is_err());
    assert_eq!(UNKNOWN, 100);
}
