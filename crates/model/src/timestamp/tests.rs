//! A time reads back what it wrote.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_time_reads_back_what_it_wrote(milliseconds: i64) {
        let time = Timestamp::from_milliseconds(milliseconds);
        prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
    }
}

#[test]
fn the_first_and_the_last_time_have_a_text() {
    for milliseconds in [i64::MIN, i64::MAX, EARLIEST, LATEST, 0] {
        let time = Timestamp::from_milliseconds(milliseconds);
        assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
    }
    assert_eq!(
        Timestamp::from_milliseconds(0).to_string(),
        "1970-01-01T00:00:00.000Z"
    );
    assert_eq!(Timestamp::parse("2026-11-22"), None, "a date is no time");
}

#[test]
fn an_offset_is_less_than_a_day_and_no_time_is_moved_into_the_range() {
    for good in ["2026-11-23T00:00:00+23:59", "2026-11-23T00:00:00.5-12:00"] {
        assert!(Timestamp::parse(good).is_some(), "{good}");
    }
    for bad in [
        "2026-11-23T00:00:00+24:00",
        "2026-11-23T00:00:00-25:00",
        "0000-01-01T00:00:00+23:59",
    ] {
        assert_eq!(Timestamp::parse(bad), None, "{bad}");
    }
}
