//! A vector reads back as it was written, and nothing else is one.

use proptest::prelude::*;

use super::{list, number};

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
        let written = number.to_string();
        let read = list(&format!("[{written}]")).unwrap()[0];
        prop_assert_eq!(read.to_bits(), written.parse::<f32>().unwrap().to_bits());
    }

    /// However many digits, wherever the point, whatever the exponent.
    #[test]
    fn every_number_of_json_is_read_as_the_nearest(
        written in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,2})?",
        behind in "[,\\] ]",
    ) {
        let text = format!("{written}{behind}");
        let (read, rest) = number(text.as_bytes()).unwrap();
        prop_assert_eq!(read.to_bits(), written.parse::<f32>().unwrap().to_bits());
        prop_assert_eq!(rest, behind.as_bytes());
    }

    /// The middle between two neighbours of 32 bits, and what lies closest to it.
    #[test]
    fn a_number_in_the_middle_is_rounded_as_the_library_rounds_it(
        bits in 0x0080_0000_u32..0x7f00_0000, digits in 14_usize..20, step in -1_i64..=1,
    ) {
        let (low, high) = (f64::from(f32::from_bits(bits)), f64::from(f32::from_bits(bits + 1)));
        let middle = f64::from_bits((f64::midpoint(low, high).to_bits().cast_signed() + step).cast_unsigned());
        for written in [format!("{middle:.digits$}"), format!("{middle:.digits$e}"), format!("{middle}")] {
            let text = format!("[{written}]");
            let read = list(&text).unwrap()[0];
            prop_assert_eq!(read.to_bits(), written.parse::<f32>().unwrap().to_bits(), "{}", text);
        }
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
