//! Whatever a stranger sends has a finite unit vector, and no part of it is dropped in silence.

use anchorhold_embed::{
    BuiltinEncoder, Embedder, Error, TEXT_BYTES_MAX, WINDOW_CONTENT_PIECES, WINDOW_OVERLAP_PIECES,
};
use proptest::prelude::*;

use crate::support::assert_finite_unit;

const CONTENT_BYTES: usize = 64 * 1024;

/// A text of 64 KiB made of one repeated part.
fn filled(part: &str) -> String {
    part.repeat(CONTENT_BYTES / part.len())
}

#[test]
fn sixty_four_kibibytes_of_anything_have_a_finite_unit_vector() {
    let encoder = BuiltinEncoder::new().expect("loads");
    let parts = [
        "a",
        " ",
        "\u{0}",
        "\u{301}",
        "e\u{301}",
        "\u{202e}א",
        "🦀",
        "\u{fffd}",
        "\u{10ffff}",
        "! ",
        "ﷺ",
    ];
    for part in parts {
        let embedding = encoder.embed(&filled(part)).expect("embeds");
        assert_finite_unit(&embedding.vector, part);
    }
}

#[test]
fn a_text_of_many_windows_is_read_to_its_end() {
    let encoder = BuiltinEncoder::new().expect("loads");
    let text = "the tide is high. ".repeat(400);
    let embedding = encoder.embed(&text).expect("embeds");
    let step = WINDOW_CONTENT_PIECES - WINDOW_OVERLAP_PIECES;
    assert_eq!(embedding.tokens, 400 * 5);
    assert_eq!(
        embedding.windows,
        1 + (2000 - WINDOW_CONTENT_PIECES).div_ceil(step)
    );
    let other = encoder
        .embed(&format!("{text} and the goat is on the roof"))
        .expect("embeds");
    assert_ne!(embedding.vector, other.vector);
}

#[test]
fn a_blank_text_has_the_vector_of_an_empty_window() {
    let encoder = BuiltinEncoder::new().expect("loads");
    let empty = encoder.embed("").expect("embeds");
    assert_eq!((empty.windows, empty.tokens), (1, 0));
    for blank in [" ", "\n\t", "\u{200b}", "\u{0}\u{7}", "\u{301}\u{302}"] {
        assert_eq!(encoder.embed(blank), Ok(empty.clone()), "{blank:?}");
    }
}

#[test]
fn a_text_above_the_limit_is_refused_not_cut() {
    let encoder = BuiltinEncoder::new().expect("loads");
    let bytes = TEXT_BYTES_MAX + 1;
    let refused = Err(Error::TextTooLong {
        bytes,
        bytes_max: TEXT_BYTES_MAX,
    });
    assert_eq!(encoder.embed(&" ".repeat(bytes)), refused);
    assert!(encoder.embed(&" ".repeat(TEXT_BYTES_MAX)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_has_a_finite_unit_vector(text in any::<String>()) {
        static ENCODER: std::sync::OnceLock<BuiltinEncoder> = std::sync::OnceLock::new();
        let encoder = ENCODER.get_or_init(|| BuiltinEncoder::new().expect("loads"));
        let embedding = encoder.embed(&text).expect("embeds");
        assert_finite_unit(&embedding.vector, &text);
    }
}
