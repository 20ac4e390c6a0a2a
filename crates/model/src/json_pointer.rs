//! A place inside a JSON document (RFC 6901).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::limits::JSON_POINTER_BYTES_MAX;

/// A pointer to one value, such as `/metadata/user_id`; never to the whole document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JsonPointer(String);

/// Why a pointer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a JSON pointer of at most {JSON_POINTER_BYTES_MAX} bytes, such as /metadata/user_id"
)]
pub struct JsonPointerError;

impl JsonPointer {
    /// Takes a pointer as it is written.
    pub fn parse(text: &str) -> Result<Self, JsonPointerError> {
        let mut tildes = text.split('~').skip(1);
        let is_escaped = tildes.all(|after| after.starts_with(['0', '1']));
        if text.starts_with('/') && text.len() <= JSON_POINTER_BYTES_MAX && is_escaped {
            return Ok(Self(text.to_owned()));
        }
        Err(JsonPointerError)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it points to.
    pub fn find<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        document.pointer(&self.0)
    }
}

impl TryFrom<String> for JsonPointer {
    type Error = JsonPointerError;

    fn try_from(text: String) -> Result<Self, JsonPointerError> {
        Self::parse(&text)
    }
}

impl From<JsonPointer> for String {
    fn from(pointer: JsonPointer) -> Self {
        pointer.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_is_read_as_the_standard_says() {
        let document = json!({"metadata": {"a/b": "slash", "m~n": "tilde", "list": ["x", "y"]}});
        let found = |text: &str| {
            let pointer = JsonPointer::parse(text).unwrap();
            pointer
                .find(&document)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        assert_eq!(found("/metadata/a~1b").as_deref(), Some("slash"));
        assert_eq!(found("/metadata/m~0n").as_deref(), Some("tilde"));
        assert_eq!(found("/metadata/list/1").as_deref(), Some("y"));
        assert_eq!(found("/metadata/nothing"), None);
        for text in ["", "metadata", "/a~", "/a~2", "#/metadata"] {
            assert_eq!(JsonPointer::parse(text), Err(JsonPointerError), "{text}");
        }
        let longest = format!("/{}", "a".repeat(JSON_POINTER_BYTES_MAX - 1));
        assert!(JsonPointer::parse(&longest).is_ok());
        assert!(JsonPointer::parse(&format!("{longest}a")).is_err());
    }
}
