//! The date of a session as LoCoMo writes it: `1:56 pm on 8 May, 2023`.

use anchorhold_model::Timestamp;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The time, taken as UTC; `None` for anything else.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|character: char| character.is_whitespace() || character == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let [time, half, "on", day, month, year] = words.as_slice() else {
        return None;
    };
    let (hour, minute) = time.split_once(':')?;
    let hour: i8 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let hour = match *half {
        "am" => hour % 12,
        "pm" => hour % 12 + 12,
        _ => return None,
    };
    let position = MONTHS.iter().position(|name| name == month)?;
    let month = i8::try_from(position + 1).ok()?;
    let date = jiff::civil::DateTime::new(
        year.parse().ok()?,
        month,
        day.parse().ok()?,
        hour,
        minute.parse().ok()?,
        0,
        0,
    )
    .ok()?;
    let zoned = jiff::tz::Offset::UTC.to_timestamp(date).ok()?;
    Some(Timestamp::from_milliseconds(zoned.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn noon_and_midnight_are_where_they_belong() {
        let read = |text| parse(text).map(|time| time.to_string());
        let expect = |time: &str| Some(time.to_owned());
        assert_eq!(
            read("1:56 pm on 8 May, 2023"),
            expect("2023-05-08T13:56:00.000Z")
        );
        assert_eq!(
            read("12:09 am on 13 September, 2023"),
            expect("2023-09-13T00:09:00.000Z")
        );
        assert_eq!(
            read("12:30 pm on 1 January, 2024"),
            expect("2024-01-01T12:30:00.000Z")
        );
        assert_eq!(read("13:00 pm on 1 January, 2024"), None);
        assert_eq!(read("1:00 pm on 31 February, 2024"), None);
        assert_eq!(read("yesterday"), None);
    }
}
