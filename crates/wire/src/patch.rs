//! Changing a memory: absent leaves as it is, null clears what can be cleared.

use anchorhold_model::limits::TAGS_MAX;
use anchorhold_model::{Change, Changes, MemoryType, NamespaceName, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{Code, Rejection, Request, bounded, check, redacted_debug, schema, vector, word};

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
    #[serde(rename = "type", default, deserialize_with = "word::present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::memory_type, required = false)]
    pub memory_type: Option<MemoryType>,
    /// The new importance.
    #[serde(default, deserialize_with = "present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub importance: Option<f64>,
    /// The tags, replaced whole; an empty list takes them away.
    #[serde(default, deserialize_with = "bounded::list_present::<TAGS_MAX, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false)]
    pub tags: Option<Vec<String>>,
    /// The metadata, replaced whole; an empty object takes it away.
    #[serde(default, deserialize_with = "bounded::metadata_present")]
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
    /// The vector of the text after the change, where the application makes the vectors itself;
    /// a new text needs it.
    #[serde(default, deserialize_with = "vector::present")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<f32>, required = false)]
    pub vector: Option<Vec<f32>>,
    /// A named namespace; the user's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}
redacted_debug!(PatchMemory);

/// Changes of a memory, checked.
#[derive(Clone, Default, PartialEq)]
pub struct MemoryChanges {
    /// The changes; at least one.
    pub changes: Changes,
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
        let changes = Changes {
            content: self.content.map(check::content).transpose()?,
            memory_type: self.memory_type,
            importance: self.importance.map(check::importance).transpose()?,
            tags: self.tags.map(check::tags).transpose()?,
            metadata: self.metadata.map(check::metadata).transpose()?,
            event_time: self.event_time,
            ttl_seconds: self.ttl_seconds,
            vector: self.vector.map(check::vector).transpose()?,
        };
        if changes == Changes::default() {
            return Err(Rejection::new(
                Code::RequestInvalid,
                "nothing is changed; send at least one of content, type, importance, tags, metadata, event_time, ttl_seconds, vector",
            ));
        }
        Ok(MemoryChanges { changes, namespace })
    }
}
