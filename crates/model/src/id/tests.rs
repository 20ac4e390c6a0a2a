//! What an id promises: it reads back what it wrote and nothing else.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn ids_read_back_what_they_wrote(bytes in any::<[u8; 16]>()) {
        let namespace = NamespaceId::from_bytes(bytes);
        prop_assert_eq!(NamespaceId::parse(&namespace.to_string()), Some(namespace));
        prop_assert_eq!(KeyId::parse(&namespace.to_string()), None);
        let record = RecordId::from_bytes(bytes);
        prop_assert_eq!(RecordId::parse(&record.to_string()), Some(record));
        prop_assert_eq!(RecordId::parse(&record.to_string().to_uppercase()), Some(record));
    }

    #[test]
    fn record_ids_sort_by_time_and_carry_the_uuid_version(
        first in 0..=253_402_207_200_000i64, sequence: u64, tail: [u8; 8],
    ) {
        let id = RecordId::version_7(Timestamp::from_milliseconds(first), sequence, tail);
        let text = id.to_string();
        prop_assert_eq!(text.chars().nth(14), Some('7'));
        prop_assert!(text.chars().nth(19).is_some_and(|digit| "89ab".contains(digit)));
        if first < 253_402_207_200_000 {
            let later = RecordId::version_7(
                Timestamp::from_milliseconds(first + 1), sequence.wrapping_add(1), tail);
            prop_assert!(id < later);
        }
    }
}

#[test]
fn what_is_no_uuid_is_refused() {
    for text in [
        "",
        "0189-",
        "01890000-0000-7000-8000-00000000000g",
        "018900000000700080000000000000000000",
        "01890000-0000-7000-8000_000000000000",
        "01890000-0000-7000-8000-0000000000000",
        "é1890000-0000-7000-8000-00000000000",
    ] {
        assert_eq!(RecordId::parse(text), None, "{text}");
    }
}
