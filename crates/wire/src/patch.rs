//! Changing a memory: absent leaves as it is, null clears what can be cleared.

use anchorhold_model::{Content, Importance, MemoryType, Metadata, NamespaceName, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{Code, Rejection, Request, check, redacted_debug, schema};

/// What happens to one attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Absent in the request: it stays.
    #[default]
    Keep,
    /// Null in the request: it is taken away.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Change<T> {
    /// The value after the change, from the one before.
    pub fn apply(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(after) => Some(after),
        }
    }

    /// Whether it stays; then a body leaves it out.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: Serialize> Serialize for Change<T> {
    /// `Keep` is written as null too; a body leaves it out instead.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<T>::deserialize(deserializer)? {
            None => Self::Clear,
            Some(value) => Self::Set(value),
        })
    }
}

/// Reads a value that is there: with `default` an absent field is `None`, and a null is read by
/// `T`, which either knows null or refuses it.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Changes a memory; at least one attribute is named.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchMemory {
    /// The new text.
    #[serde(default, deserialize_with = "present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub content: Option<String>,
    /// The new type.
    #[serde(rename = "type", default, deserialize_with = "present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::memory_type, required = false)]
    pub memory_type: Option<MemoryType>,
    /// The new importance.
    #[serde(default, deserialize_with = "present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub importance: Option<f64>,
    /// The tags, replaced whole; an empty list takes them away.
    #[serde(default, deserialize_with = "present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false)]
    pub tags: Option<Vec<String>>,
    /// The metadata, replaced whole; an empty object takes it away.
    #[serde(default, deserialize_with = "present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    pub metadata: Option<Map<String, Value>>,
    /// When it happened; null takes it away.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>, format = DateTime, required = false)]
    pub event_time: Change<Timestamp>,
    /// Seconds from now until it is gone; null keeps it for ever.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<u64>, required = false)]
    pub ttl_seconds: Change<u64>,
    /// A named namespace; the user's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}
redacted_debug!(PatchMemory);

/// Changes of a memory, checked.
#[derive(Clone, Default, PartialEq)]
pub struct MemoryChanges {
    /// The new text.
    pub content: Option<Content>,
    /// The new type.
    pub memory_type: Option<MemoryType>,
    /// The new importance.
    pub importance: Option<Importance>,
    /// The new tags.
    pub tags: Option<Vec<String>>,
    /// The new metadata.
    pub metadata: Option<Metadata>,
    /// When it happened.
    pub event_time: Change<Timestamp>,
    /// Seconds from now until it is gone.
    pub ttl_seconds: Change<u64>,
    /// A named namespace.
    pub namespace: Option<NamespaceName>,
}
redacted_debug!(MemoryChanges);

impl Request for PatchMemory {
    type Domain = MemoryChanges;

    fn into_domain(self) -> Result<MemoryChanges, Rejection> {
        let namespace = check::namespace(self.namespace.as_deref())?;
        if let Change::Set(seconds) = self.ttl_seconds {
            check::ttl_seconds(seconds)?;
        }
        let changes = MemoryChanges {
            content: self.content.map(check::content).transpose()?,
            memory_type: self.memory_type,
            importance: self.importance.map(check::importance).transpose()?,
            tags: self.tags.map(check::tags).transpose()?,
            metadata: self.metadata.map(check::metadata).transpose()?,
            event_time: self.event_time,
            ttl_seconds: self.ttl_seconds,
            namespace: None,
        };
        if changes == MemoryChanges::default() {
            return Err(Rejection::new(
                Code::RequestInvalid,
                "nothing is changed; send at least one of content, type, importance, tags, metadata, event_time, ttl_seconds",
            ));
        }
        Ok(MemoryChanges {
            namespace,
            ..changes
        })
    }
}
