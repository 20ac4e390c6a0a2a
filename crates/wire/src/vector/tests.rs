//! A vector reads back as it was written, and nothing else is one.

use proptest::prelude::*;

use super::list;

proptest! {
    #[test]
    fn numbers_read_as_the_standard_library_reads_them(
        numbers in proptest::collection::vec(proptest::num::f32::NORMAL | proptest::num::f32::ZERO, 0..40),
        space in "[ \t\r\n]{0,2}",
    ) {
        let written: Vec<String> = numbers.iter().map(|number| serde_json::to_string(number).unwrap()).collect();
        let text = format!("[{space}{}{space}]", written.join(&format!("{space},{space}")));
        prop_assert_eq!(list(&text).unwrap(), numbers);
    }

    /// Python writes 64 bits with up to 17 digits; the nearest number of 32 bits is meant.
    #[test]
    fn longer_numbers_become_the_nearest_of_32_bits(number in -1000.0..1000.0_f64) {
        let read = list(&format!("[{number}]")).unwrap()[0];
        #[expect(clippy::cast_possible_truncation, reason = "that is what is tested")]
        let nearest = number as f32;
        prop_assert!((read - nearest).abs() <= nearest.abs() * f32::EPSILON);
    }
}

#[test]
fn only_a_list_of_numbers_is_a_vector() {
    for text in [
        "1",
        "\"a\"",
        "{}",
        "true",
        "[[1]]",
        "[\"1\"]",
        "[1,null]",
        "[true]",
        "[{\"a\":1}]",
        "[\",\"]",
        "[NaN]",
        "[inf]",
        "[1,]",
        "[-]",
        "[1 2]",
    ] {
        assert_eq!(list(text), None, "{text}");
    }
    assert_eq!(list("[]"), Some(Vec::new()));
    assert_eq!(list("[1e2,-0.5E-1, 0]"), Some(vec![100.0, -0.05, 0.0]));
}
