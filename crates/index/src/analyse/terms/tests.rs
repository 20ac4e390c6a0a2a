//! Hashes and counts as they stand in stored records.

use super::{Terms, count, hash, of_query};
use crate::analyse::words;
use crate::{Document, Error, Language, analyse};

fn terms(text: &str, speaker: Option<&str>) -> Terms {
    analyse(
        &Document {
            text,
            speaker,
            date: None,
        },
        Language::English,
    )
    .terms
}

#[test]
fn the_hash_of_a_term_never_changes() {
    // FNV-1a of "a" is 0xaf63dc4c8601ec8c, of nothing its offset 0xcbf29ce484222325.
    assert_eq!(hash("a"), 0xaf63_dc4c ^ 0x8601_ec8c);
    assert_eq!(hash(""), 0xcbf2_9ce4 ^ 0x8422_2325);
}

#[test]
fn a_word_before_the_text_is_marked_until_the_text_says_it_too() {
    let counted = |terms: &Terms, word: &str| {
        let position = terms
            .hashes()
            .iter()
            .position(|one| *one == hash(word))
            .unwrap();
        count(terms.counts()[position])
    };
    assert_eq!(counted(&terms("boats", Some("Orlin")), "orlin"), (1, true));
    assert_eq!(counted(&terms("boats", Some("Orlin")), "boat"), (1, false));
    assert_eq!(
        counted(&terms("Orlin, boats", Some("Orlin")), "orlin"),
        (2, false)
    );
    assert_eq!(
        counted(&terms(&"boat ".repeat(500), None), "boat"),
        (127, false)
    );
    assert_eq!(terms(&"boat ".repeat(500), None).words(), 500);
}

#[test]
fn malformed_terms_are_refused() {
    let stored = |hashes: &[u32], counts: &[u8], words| {
        Terms::from_stored(hashes.into(), counts.into(), words)
    };
    assert!(stored(&[1, 2], &[1, 0x81], 2).is_ok());
    for (hashes, counts, words) in [
        (&[1, 2][..], &[1][..], 2),
        (&[2, 1], &[1, 1], 2),
        (&[1, 1], &[1, 1], 2),
        (&[0, 1], &[1, 1], 2),
        (&[1, 2], &[1, 0], 2),
        (&[1, 2], &[1, 0x80], 2),
        (&[1, 2], &[1, 2], 2),
    ] {
        assert_eq!(stored(hashes, counts, words), Err(Error::Terms));
    }
}

#[test]
fn a_query_has_each_term_once_and_a_bounded_number() {
    let query = |text: &str| of_query(&words(text, Language::English));
    assert_eq!(query("boat boats the boat").len(), 1);
    assert_eq!(query("東京都").len(), 2);
    assert_eq!(query("港").len(), 1);
    let long: Vec<_> = (0..1_000).map(|number| format!("w{number}")).collect();
    assert_eq!(query(&long.join(" ")).len(), super::QUERY_TERMS_MAX);
    let codes = query("4410 xk-77 x77y 12")
        .into_iter()
        .map(|term| term.is_code);
    assert_eq!(codes.collect::<Vec<_>>(), [true, false, false, true, false]);
}
