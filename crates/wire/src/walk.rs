//! The structure of a body before anything is built from it: valid JSON, not too deep, no key
//! twice in one object.

use std::collections::BTreeSet;
use std::fmt;

use anchorhold_model::limits::{JSON_DEPTH_MAX, METADATA_BYTES_MAX};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::parse::shortened;
use crate::{Code, Rejection};

/// Refuses what no body may be. Values are looked at and dropped, so memory stays small.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Rejection> {
    let mut refusal = None;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let walk = Walk {
        depth: 0,
        refusal: &mut refusal,
    };
    let outcome = walk
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    match (outcome, refusal) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(refusal)) => Err(refusal),
        (Err(_), None) if bytes.iter().all(u8::is_ascii_whitespace) => Err(Rejection::new(
            Code::JsonInvalid,
            "the body is empty; send a JSON object",
        )),
        (Err(error), None) => Err(Rejection::new(
            Code::JsonInvalid,
            format!("the body is not valid JSON: {error}"),
        )),
    }
}

struct Walk<'a> {
    depth: usize,
    refusal: &'a mut Option<Rejection>,
}

impl Walk<'_> {
    fn inner(&mut self) -> Walk<'_> {
        Walk {
            depth: self.depth + 1,
            refusal: self.refusal,
        }
    }

    fn refuse<E: Error>(&mut self, message: String) -> E {
        *self.refusal = Some(Rejection::new(Code::JsonInvalid, message));
        E::custom("refused")
    }

    fn enter<E: Error>(&mut self) -> Result<(), E> {
        if self.depth < JSON_DEPTH_MAX {
            return Ok(());
        }
        Err(self.refuse(format!(
            "the body is nested too deep; at most {JSON_DEPTH_MAX} objects and lists may stand inside each other"
        )))
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.enter()?;
        while items.next_element_seed(self.inner())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        self.enter()?;
        let mut keys = BTreeSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if keys.contains(&key) {
                let key = shortened(&key);
                let message = format!("the key \"{key}\" stands twice in one object; send it once");
                return Err(self.refuse(message));
            }
            // No body with more keys in one object is ever accepted, and none is told more of it.
            if keys.len() < METADATA_BYTES_MAX {
                keys.insert(key);
            }
            entries.next_value_seed(self.inner())?;
        }
        Ok(())
    }
}
