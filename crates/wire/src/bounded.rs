//! Parts of requests that may only be so large. What is above a limit is read and dropped, so that
//! no body becomes a tree of many times its size; what is kept of it is above the limit too, and is
//! refused in the words that the whole would be.

use std::fmt;
use std::marker::PhantomData;

use anchorhold_model::limits::{
    FILTER_NODES_MAX, FILTER_VALUES_MAX, METADATA_BYTES_MAX, METADATA_KEYS_MAX,
};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Values of metadata that are kept: each takes a byte at least.
const METADATA_VALUES_KEPT: usize = METADATA_BYTES_MAX + 1;
/// Values of a filter that are kept: twice as many as a filter may have.
const FILTER_VALUES_KEPT: usize = 2 * FILTER_NODES_MAX * (FILTER_VALUES_MAX + 2);

/// Reads a list of which one item above `MAX` is kept, or null.
pub(crate) fn list<'de, const MAX: usize, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Option::<List<T, MAX>>::deserialize(deserializer)?;
    Ok(list.map(|List(items)| items))
}

/// Reads a list of which one item above `MAX` is kept, for a field that may be absent.
pub(crate) fn list_present<'de, const MAX: usize, D, T>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    list_required::<MAX, D, T>(deserializer).map(Some)
}

/// Reads a list of which one item above `MAX` is kept.
pub(crate) fn list_required<'de, const MAX: usize, D, T>(
    deserializer: D,
) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    List::<T, MAX>::deserialize(deserializer).map(|List(items)| items)
}

/// Reads metadata, or null.
pub(crate) fn metadata<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Map<String, Value>>, D::Error> {
    let object = Option::<Metadata>::deserialize(deserializer)?;
    Ok(object.map(|Metadata(object)| object))
}

/// Reads metadata, for a field that may be absent.
pub(crate) fn metadata_present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Map<String, Value>>, D::Error> {
    Metadata::deserialize(deserializer).map(|Metadata(object)| Some(object))
}

/// Reads a filter, or null.
pub(crate) fn filter<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Value>, D::Error> {
    let mut left = FILTER_VALUES_KEPT;
    let value = Tree { left: &mut left }.deserialize(deserializer)?;
    Ok((!value.is_null()).then_some(value))
}

struct List<T, const MAX: usize>(Vec<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_seq(Items::<T, MAX>(PhantomData))
            .map(List)
    }
}

struct Items<T, const MAX: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Items<T, MAX> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut kept = Vec::new();
        while let Some(item) = items.next_element()? {
            if kept.len() <= MAX {
                kept.push(item);
            }
        }
        Ok(kept)
    }
}

struct Metadata(Map<String, Value>);

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Top).map(Self)
    }
}

/// The object of metadata. Its keys are counted, so one too many is kept whatever they hold.
struct Top;

impl<'de> Visitor<'de> for Top {
    type Value = Map<String, Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut left = METADATA_VALUES_KEPT;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Tree { left: &mut left })?;
            if object.len() <= METADATA_KEYS_MAX {
                object.insert(key, value);
            }
        }
        Ok(object)
    }
}

/// Any value, while there are some left; null for what comes after them.
struct Tree<'a> {
    left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if *self.left == 0 {
            return IgnoredAny::deserialize(deserializer).map(|_| Value::Null);
        }
        *self.left -= 1;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any valid JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        loop {
            // Asked before the item is read: what uses up the last is kept.
            let is_kept = *self.left > 0;
            match items.next_element_seed(Tree { left: self.left })? {
                Some(item) if is_kept => kept.push(item),
                Some(_) => {}
                None => return Ok(Value::Array(kept)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let is_kept = *self.left > 0;
            let value = entries.next_value_seed(Tree { left: self.left })?;
            if is_kept {
                kept.insert(key, value);
            }
        }
        Ok(Value::Object(kept))
    }
}

#[cfg(test)]
mod tests;
