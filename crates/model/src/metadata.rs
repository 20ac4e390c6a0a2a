//! What a caller keeps beside a memory: one JSON object, held as compact text.

use serde_json::{Map, Value};

use crate::SandboxHandle;
use crate::limits::{JSON_DEPTH_MAX, METADATA_BYTES_MAX, METADATA_KEYS_MAX};

/// One JSON object within the limits; the text is what was serialised at the door.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Metadata(Option<Box<str>>);

/// Why an object is refused as metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// More keys than [`METADATA_KEYS_MAX`].
    #[error("metadata must have at most {METADATA_KEYS_MAX} keys")]
    Keys,
    /// More bytes than [`METADATA_BYTES_MAX`].
    #[error("metadata must be at most {METADATA_BYTES_MAX} bytes of compact JSON")]
    Bytes,
    /// Deeper than [`JSON_DEPTH_MAX`].
    #[error("metadata must be nested at most {JSON_DEPTH_MAX} deep")]
    Depth,
}

impl Metadata {
    /// Takes an object within the limits.
    pub fn new(object: Map<String, Value>) -> Result<Self, MetadataError> {
        if object.is_empty() {
            return Ok(Self::default());
        }
        if object.len() > METADATA_KEYS_MAX {
            return Err(MetadataError::Keys);
        }
        let object = Value::Object(object);
        if depth(&object) > JSON_DEPTH_MAX {
            return Err(MetadataError::Depth);
        }
        let text = object.to_string();
        if text.len() > METADATA_BYTES_MAX {
            return Err(MetadataError::Bytes);
        }
        Ok(Self(Some(text.into())))
    }

    /// The same with a member `anchorhold` that tells of a memory that it was kept in a sandbox, and how
    /// sure the claim was of whoever kept it; in the place of one that they may have written.
    pub fn from_quarantine(
        &self,
        tier: &str,
        sandbox: SandboxHandle,
    ) -> Result<Self, MetadataError> {
        let mut object = self.to_object();
        let mark = serde_json::json!({"tier": tier, "sandbox": sandbox.to_string()});
        object.insert("anchorhold".to_owned(), mark);
        Self::new(object)
    }

    /// The compact JSON text; `{}` for none.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("{}")
    }

    /// Reads stored text again; `None` when it is no JSON object.
    pub fn from_stored(text: &str) -> Option<Self> {
        match text {
            "" | "{}" => Some(Self::default()),
            text => text.starts_with('{').then(|| Self(Some(text.into()))),
        }
    }

    /// The object.
    pub fn to_object(&self) -> Map<String, Value> {
        serde_json::from_str(self.as_str()).unwrap_or_default()
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
