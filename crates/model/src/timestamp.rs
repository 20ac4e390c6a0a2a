//! One point in time: milliseconds since the Unix epoch, RFC 3339 in UTC outside.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970-01-01T00:00:00Z; from the year 0000 to 9999-12-30T22:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const EARLIEST: i64 = -62_167_219_200_000;
/// The last millisecond that has an RFC 3339 text in every offset: 9999-12-30T22:00:00Z.
const LATEST: i64 = 253_402_207_200_000;

impl Timestamp {
    /// The point that lies `milliseconds` after the Unix epoch, brought into that range.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        if milliseconds < EARLIEST {
            Self(EARLIEST)
        } else if milliseconds > LATEST {
            Self(LATEST)
        } else {
            Self(milliseconds)
        }
    }

    /// Milliseconds since the Unix epoch.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// The point `seconds` later; stops at the end of the year 9999.
    pub fn plus_seconds(self, seconds: u64) -> Self {
        let milliseconds = i64::try_from(seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000);
        Self::from_milliseconds(self.0.saturating_add(milliseconds))
    }

    /// The point `seconds` earlier; stops at the beginning of the calendar.
    pub fn minus_seconds(self, seconds: u64) -> Self {
        let milliseconds = i64::try_from(seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000);
        Self::from_milliseconds(self.0.saturating_sub(milliseconds))
    }

    /// Reads RFC 3339 with any offset, such as `2026-11-22T10:00:00Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let parsed: jiff::Timestamp = text.parse().ok()?;
        let milliseconds = parsed.as_millisecond();
        let time = Self::from_milliseconds(milliseconds);
        (time.0 == milliseconds && is_offset_of_a_day(text)).then_some(time)
    }
}

/// Whether the offset of a time, if it has one, is less than a day: the parser takes 25 hours.
fn is_offset_of_a_day(text: &str) -> bool {
    let clock = text.get(10..).unwrap_or_default();
    let Some((_, offset)) = clock.split_once(['+', '-']) else {
        return true;
    };
    let hours = offset.get(..2).and_then(|hours| hours.parse::<u8>().ok());
    hours.is_some_and(|hours| hours < 24)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(time) => write!(formatter, "{time:.3}"),
            Err(_) => formatter.write_str("1970-01-01T00:00:00.000Z"),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("expected an RFC 3339 time such as 2026-11-22T10:00:00Z")
        })
    }
}

#[cfg(test)]
mod tests;
