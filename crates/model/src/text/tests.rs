//! What may be a part: rejected, never repaired.

use proptest::prelude::*;

use super::*;

#[test]
fn everyday_ids_are_taken_as_they_are() {
    for text in [
        "alice",
        "Alice",
        "ALICE@example.org",
        "Ａlice",
        "a b",
        "b:c",
        "a/b",
        "*",
        "李雷",
        "zoë",
        "👩",
        "...",
        &"x".repeat(256),
    ] {
        assert_eq!(Part::parse(text).expect("accepted").as_str(), text);
    }
}

#[test]
fn what_cannot_be_told_apart_by_eye_is_refused() {
    let cases: [(&str, TextError); 22] = [
        ("", TextError::Empty),
        (&"x".repeat(257), TextError::TooLong),
        ("zoe\u{308}", TextError::NotNormalized),
        ("a\0b", TextError::Character(0)),
        ("a\nb", TextError::Character(10)),
        ("a\u{7f}", TextError::Character(0x7f)),
        ("a\u{85}b", TextError::Character(0x85)),
        ("a\u{200b}b", TextError::Character(0x200b)),
        ("a\u{200d}b", TextError::Character(0x200d)),
        ("a\u{202e}b", TextError::Character(0x202e)),
        ("a\u{2028}b", TextError::Character(0x2028)),
        ("\u{feff}a", TextError::Character(0xfeff)),
        ("a\u{ad}b", TextError::Character(0xad)),
        ("a\u{3164}", TextError::Character(0x3164)),
        ("a\u{fe0f}", TextError::Character(0xfe0f)),
        ("a\u{e0041}", TextError::Character(0xe0041)),
        ("a\u{378}", TextError::Character(0x378)),
        (" a", TextError::OuterSpace),
        ("a\u{a0}", TextError::OuterSpace),
        ("\u{301}a", TextError::LeadingMark),
        (".", TextError::Dots),
        ("..", TextError::Dots),
    ];
    for (text, expected) in cases {
        assert_eq!(Part::parse(text).err(), Some(expected), "{text:?}");
    }
}

proptest! {
    #[test]
    fn a_part_never_differs_from_what_was_sent(text in any::<String>()) {
        if let Ok(part) = Part::parse(&text) {
            prop_assert_eq!(part.as_str(), text.as_str());
        }
    }
}
