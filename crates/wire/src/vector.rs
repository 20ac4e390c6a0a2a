//! Vectors in requests: a list of numbers, read in one pass over its text. A vector is most of the
//! bytes of its request, so it never becomes a tree of values.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::value::RawValue;

const EXPECTED: &str = "expected a list of numbers";

/// Reads a vector or null.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<f32>>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
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
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    list(raw.get())
        .map(Some)
        .ok_or_else(|| D::Error::custom(EXPECTED))
}

/// The numbers of a JSON list that holds nothing else. The text is known to be JSON.
fn list(text: &str) -> Option<Vec<f32>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    if inner.trim_ascii().is_empty() {
        return Some(Vec::new());
    }
    let mut numbers = Vec::with_capacity(inner.len() / 8);
    for item in inner.as_bytes().split(|byte| *byte == b',') {
        numbers.push(number(item.trim_ascii())?);
    }
    Some(numbers)
}

/// Powers of ten that 64 bits hold exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
/// Whole numbers below it are exact in 64 bits.
const MANTISSA_END: u64 = 1 << 53;

/// One number. Digits and a point, as vectors are written, are one division; anything else, such
/// as an exponent, is left to the standard library.
fn number(text: &[u8]) -> Option<f32> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, text),
    };
    digits.first()?;
    let mut mantissa = 0_u64;
    let mut places: Option<usize> = None;
    for byte in digits {
        match byte {
            b'0'..=b'9' if mantissa < MANTISSA_END / 10 => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                places = places.map(|places| places + 1);
            }
            b'.' if places.is_none() => places = Some(0),
            _ => return by_the_library(text),
        }
    }
    let Some(power) = POWERS.get(places.unwrap_or(0)) else {
        return by_the_library(text);
    };
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "the mantissa is exact in 64 bits, and a vector has 32"
    )]
    let value = (mantissa as f64 / power) as f32;
    Some(if negative { -value } else { value })
}

/// The library also knows words such as `inf`, which JSON does not.
fn by_the_library(text: &[u8]) -> Option<f32> {
    let known = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    if !text.iter().all(known) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;
