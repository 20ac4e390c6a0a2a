//! Words of requests that stand for one of a few values: a text and nothing else. Derived readers
//! also take `{"word": null}`, which no document promises.

use serde::Deserialize;
use serde::de::value::StringDeserializer;
use serde::de::{Deserializer, IntoDeserializer as _};

/// Reads a word that must be there.
pub(crate) fn required<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let text: StringDeserializer<D::Error> = String::deserialize(deserializer)?.into_deserializer();
    T::deserialize(text)
}

/// Reads a word that is not null, for a field that may be absent.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    required(deserializer).map(Some)
}

/// Reads a word or null.
pub(crate) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    match Option::<String>::deserialize(deserializer)? {
        None => Ok(None),
        Some(text) => {
            let text: StringDeserializer<D::Error> = text.into_deserializer();
            T::deserialize(text).map(Some)
        }
    }
}
