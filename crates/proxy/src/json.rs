//! JSON whose parts are looked at and whose bytes stay as they are: what is not changed goes on as it came.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object with the places of its values in the text that it was read from.
pub(crate) struct Object<'a> {
    text: &'a str,
    entries: Entries<'a>,
}

struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Reader).map(Self)
    }
}

impl<'a> Object<'a> {
    /// Reads an object; `None` for anything else.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let entries = serde_json::from_str(text).ok()?;
        Some(Self { text, entries })
    }

    /// A value; where the name stands twice, the last one, as readers of JSON mostly take it.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let mut entries = self.entries.0.iter().rev();
        entries
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value)
    }

    /// Whether a name stands more than once.
    pub(crate) fn is_twice(&self, name: &str) -> bool {
        let entries = self.entries.0.iter();
        entries.filter(|(known, _)| known == name).count() > 1
    }

    /// A value as this type; `None` where it is absent, or something else.
    pub(crate) fn value<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// Where a value stands in the text.
    pub(crate) fn place(&self, name: &str) -> Option<Range<usize>> {
        let value = self.get(name)?.get();
        let start = (value.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        Some(start..start + value.len())
    }
}

/// A text with parts of it replaced.
pub(crate) fn replaced(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(place, _)| place.start);
    let mut after = String::with_capacity(text.len());
    let mut from = 0;
    for (place, new) in edits {
        after.push_str(text.get(from..place.start).unwrap_or_default());
        after.push_str(&new);
        from = place.end;
    }
    after.push_str(text.get(from..).unwrap_or_default());
    after
}

/// A text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Object, quoted, replaced};

    #[test]
    fn a_value_is_replaced_and_every_other_byte_stays() {
        let text = "{ \"a\" : [1,  2],\n\"mod\\u0065l\":\"x\\u00e9\" , \"b\":1e400}";
        let object = Object::read(text).unwrap();
        assert_eq!(object.value::<String>("model").unwrap(), "xé");
        let place = object.place("model").unwrap();
        assert_eq!(text.get(place.clone()), Some("\"x\\u00e9\""));
        let after = replaced(text, vec![(place, quoted("a\"b"))]);
        assert_eq!(
            after,
            "{ \"a\" : [1,  2],\n\"mod\\u0065l\":\"a\\\"b\" , \"b\":1e400}"
        );
    }

    #[test]
    fn what_is_no_object_is_none() {
        for text in ["", "[]", "1", "{", "{}x", "null"] {
            assert!(Object::read(text).is_none(), "{text}");
        }
    }
}
