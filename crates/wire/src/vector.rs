//! Vectors in requests: a list of numbers, read in one pass over its text. A vector is most of the
//! bytes of its request, so it never becomes a tree of values.

mod number;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::value::RawValue;

use number::number;

const EXPECTED: &str = "expected a list of numbers";

/// Reads a vector or null.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<f32>>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    if raw.get() == "null" {
        return Ok(None);
    }
    list(raw.get())
        .map(Some)
        .ok_or_else(|| D::Error::custom(EXPECTED))
}

/// Reads a vector that is not null, for a field that may be absent.
pub(crate) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<f32>>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    list(raw.get())
        .map(Some)
        .ok_or_else(|| D::Error::custom(EXPECTED))
}

/// The numbers of a JSON list that holds nothing else. The text is known to be JSON.
fn list(text: &str) -> Option<Vec<f32>> {
    let mut rest = text.strip_prefix('[')?.as_bytes().trim_ascii_start();
    if rest == b"]" {
        return Some(Vec::new());
    }
    // A single has up to nine digits, so few lists have to grow.
    let mut numbers = Vec::with_capacity(text.len() / 10);
    loop {
        let (value, behind) = number(rest)?;
        numbers.push(value);
        let (comma, behind) = behind.trim_ascii_start().split_first()?;
        match comma {
            b',' => rest = behind.trim_ascii_start(),
            b']' if behind.is_empty() => return Some(numbers),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests;
