//! The word lists are in the form in which texts are compared, so that they can match at all.

use super::{Language, calendar, stopwords};
use crate::analyse::{normalize, words};

#[test]
fn every_language_is_read_back_from_its_word() {
    for language in Language::ALL {
        assert_eq!(Language::parse(language.as_str()), Some(language));
    }
    assert_eq!(Language::parse("English"), None);
    assert_eq!(Language::default(), Language::English);
}

#[test]
fn every_stopword_is_recognised_in_a_text() {
    for language in Language::ALL {
        for word in stopwords::of(language).split_whitespace() {
            assert_eq!(normalize(word, language), word, "{language:?}");
            let left = words(word, language)
                .into_iter()
                .find(|word| word.term.is_some());
            assert_eq!(left, None, "{language:?}");
        }
    }
}

#[test]
fn a_date_in_words_has_a_day_a_month_and_a_year() {
    let date = anchorhold_model::Timestamp::parse("2023-05-08T13:56:00Z").unwrap();
    assert_eq!(calendar::in_words(date, Language::English), "8 may 2023");
    assert_eq!(calendar::in_words(date, Language::German), "8 mai 2023");
    assert_eq!(calendar::in_words(date, Language::Tamil), "8 05 2023");
    for language in Language::ALL {
        for month in 1..=12 {
            let date = format!("1987-{month:02}-30T00:00:00Z").replace("-02-30", "-02-28");
            let date = anchorhold_model::Timestamp::parse(&date).unwrap();
            let words = calendar::in_words(date, language);
            assert_eq!(words.split(' ').count(), 3, "{language:?}");
            assert_eq!(normalize(&words, language), words);
        }
    }
}

#[test]
fn a_query_that_asks_for_a_time_is_known_by_its_words() {
    let asks = |query: &str, language| calendar::asks_when(&normalize(query, language), language);
    for query in [
        "When did she go?",
        "In what year?",
        "which day was it",
        "How long ago?",
    ] {
        assert!(asks(query, Language::English), "{query}");
    }
    for query in ["What did she whenever?", "what a year", "How long is it?"] {
        assert!(!asks(query, Language::English), "{query}");
    }
    assert!(asks("Wann war das?", Language::German));
    assert!(asks("いつ東京に行きましたか", Language::English));
}

#[test]
fn words_of_time_are_those_of_the_calendar_and_years() {
    for word in ["yesterday", "monday", "october", "1999", "2023"] {
        assert!(calendar::is_temporal(word, Language::English), "{word}");
    }
    for word in ["may", "3000", "20234", "lantern"] {
        assert!(!calendar::is_temporal(word, Language::English), "{word}");
    }
}
