//! No text harms the index: it is indexed, and found where it has words.

use anchorhold_index::{Document, Language, Quantized, Recipe, Terms, analyse};
use proptest::prelude::*;

use crate::support::{Memory, NOW, index_in, question};

fn hostile() -> Vec<String> {
    vec![
        "x".repeat(65_536),
        "x".repeat(65_535) + "'",
        "\u{0}\u{1}\u{7f}\u{200b}\u{202e}\u{feff}".repeat(1_000),
        "東京都港区".repeat(4_000),
        "한국어".repeat(5_000),
        "ภาษาไทย".repeat(2_000),
        "👩‍👩‍👧‍👦🏳️‍🌈".repeat(1_000),
        "\u{fdfa}".repeat(20_000),
        "a\u{301}".repeat(20_000),
        "\u{301}".repeat(20_000),
        "'".repeat(65_536),
        "' '' a' 'b c'd'e".to_owned(),
        "?".repeat(65_536),
        "1.000,000.0".repeat(5_000),
        "İIıi ſß ﬁ Σς".to_owned(),
        String::new(),
    ]
}

#[test]
fn every_hostile_text_is_indexed_and_searched() {
    for language in [Language::English, Language::Turkish, Language::French] {
        let memories: Vec<_> = (0..)
            .zip(hostile())
            .map(|(id, text)| Memory::new(id, text).said_by("Ada"))
            .collect();
        let index = index_in(language, &memories);
        assert_eq!(index.len(), memories.len());
        for text in hostile() {
            assert_eq!(question(&text).ask(&index).len(), 10);
            index.embedding_query(&text, NOW, &Recipe::default());
        }
    }
}

#[test]
fn words_of_scripts_without_spaces_are_found_inside_a_sentence() {
    let memories = [
        Memory::new(1, "昨日は東京で緑のランプを買いました"),
        Memory::new(2, "私は港へ行きました"),
        Memory::new(3, "나는 어제 등대를 보았다"),
        Memory::new(4, "วันนี้ฉันไปตลาด"),
        Memory::new(5, "bread and butter"),
    ];
    let index = index_in(Language::English, &memories);
    for (query, id) in [
        ("東京", 1),
        ("ランプ", 1),
        ("港", 2),
        ("등대", 3),
        ("ตลาด", 4),
    ] {
        let hits = question(query).ask(&index);
        let first = hits.first().unwrap();
        assert_eq!(first.entry.facets.ordinal, id, "{query}");
        assert!(first.why.unwrap().matched_terms > 0, "{query}");
    }
}

#[test]
fn forms_of_a_word_meet() {
    let cases = [
        (
            Language::English,
            "she was RUNNING ﬁne lanterns",
            "lantern run",
        ),
        (Language::English, "Ada’s boat", "boats"),
        (
            Language::German,
            "wir besuchten die Häuser",
            "Haus besuchen",
        ),
        (Language::French, "j’ai vu l’homme", "homme"),
        (Language::Turkish, "Ankara'da IŞIK vardı", "ankara ışık"),
        (Language::Spanish, "compré naranjas", "naranja"),
        (Language::Russian, "мы видели корабли", "корабль"),
    ];
    for (language, text, query) in cases {
        let index = index_in(language, &[Memory::new(1, text), Memory::new(2, "zzz")]);
        let hits = question(query).ask(&index);
        let first = hits.first().unwrap();
        assert_eq!(first.entry.facets.ordinal, 1, "{text}");
        assert!(first.why.unwrap().matched_terms > 0, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_in_any_language_gives_terms_that_can_be_stored(
        text in prop_oneof!["\\PC{0,80}", ".{0,80}", "[a-zà-ÿ'’ ]{0,60}", "[а-яё ]{0,60}", "[ء-ي ]{0,60}"],
        language in proptest::sample::select(&Language::ALL[..]),
    ) {
        let document = Document { text: &text, speaker: Some(&text), date: Some(NOW) };
        let terms = analyse(&document, language).terms;
        let (hashes, counts) = (terms.hashes().into(), terms.counts().into());
        prop_assert_eq!(Terms::from_stored(hashes, counts, terms.words()), Ok(terms));
    }

    #[test]
    fn quantising_keeps_every_number_within_half_a_step(
        vector in proptest::collection::vec(-1e30_f32..1e30, 0..70),
    ) {
        let quantized = Quantized::from_f32(&vector);
        let step = f64::from(quantized.scale());
        for (&value, &stored) in vector.iter().zip(quantized.values()) {
            let error = (f64::from(value) - step * f64::from(stored)).abs();
            prop_assert!(error <= step * 0.500_1);
        }
        let stored = Quantized::from_stored(quantized.scale(), quantized.values().into());
        prop_assert_eq!(stored, Ok(quantized));
    }
}

#[test]
fn numbers_that_are_none_and_tiny_ones_are_quantised() {
    let hostile = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1.0, -0.5];
    assert_eq!(Quantized::from_f32(&hostile).values(), [0, 0, 0, 127, -64]);
    assert_eq!(Quantized::from_f32(&[0.0, -0.0]).values(), [0, 0]);
    let tiny = Quantized::from_f32(&[f32::from_bits(1), 0.0]);
    assert!(tiny.values().iter().all(|value| *value >= 0));
    assert!(Quantized::from_stored(f32::NAN, [].into()).is_err());
    assert!(Quantized::from_stored(-1.0, [].into()).is_err());
    assert_eq!(
        Quantized::from_stored(1.0, [i8::MIN].into())
            .unwrap()
            .values(),
        [-127]
    );
}
