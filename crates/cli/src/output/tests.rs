//! What is stored never steers the terminal of whoever reads it.

use proptest::prelude::*;

use super::{escaped, shortened, table, visible};

#[test]
fn stored_escape_sequences_are_shown_and_not_obeyed() {
    assert_eq!(visible("a\u{1b}[31mred\u{7}"), "a\u{fffd}[31mred\u{fffd}");
    assert_eq!(visible("one\ntwo\r\nthree"), "one two  three");
    assert_eq!(visible("\u{202e}evil\u{9b}2J"), "\u{fffd}evil\u{fffd}2J");
    assert_eq!(visible("Käse 検索 🙂"), "Käse 検索 🙂");
}

#[test]
fn columns_line_up() {
    let rows = [
        vec!["a".to_owned(), "1".to_owned()],
        vec!["longer".to_owned(), "2".to_owned()],
    ];
    let expected = "name    n\na       1\nlonger  2\n";
    assert_eq!(table(&["name", "n"], &rows), expected);
}

#[test]
fn a_long_text_ends_with_an_ellipsis() {
    assert_eq!(shortened("äöü", 3), "äöü");
    assert_eq!(shortened("äöüß", 3), "äöü…");
}

proptest! {
    #[test]
    fn json_on_a_terminal_is_the_same_value_without_controls(text in "(?s).*") {
        let plain = serde_json::to_string(&text).unwrap();
        let shown = escaped(&plain);
        prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        prop_assert_eq!(visible(&shown), shown);
    }

    #[test]
    fn nothing_printed_in_a_table_is_a_control(cell in ".*") {
        let text = table(&["heading"], &[vec![cell]]);
        prop_assert_eq!(text.lines().count(), 2);
        prop_assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
    }
}
