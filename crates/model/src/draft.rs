//! What a caller sends to keep or to change a memory, checked and not stored yet.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Content, Importance, MemoryType, Metadata, RecordId, Timestamp, Vector};

/// A memory to keep.
#[derive(Clone, PartialEq)]
pub struct Draft {
    /// The text.
    pub content: Content,
    /// What sort.
    pub memory_type: MemoryType,
    /// How much it matters.
    pub importance: Importance,
    /// Tags, in the caller's order.
    pub tags: Vec<String>,
    /// What the caller keeps beside it.
    pub metadata: Metadata,
    /// When it happened.
    pub event_time: Option<Timestamp>,
    /// Seconds until it is gone; `None` keeps it for ever.
    pub ttl_seconds: Option<u64>,
    /// Who said it.
    pub speaker: Option<String>,
    /// The conversation it belongs to.
    pub conversation: Option<String>,
    /// The caller's id; made by the namespace when absent.
    pub id: Option<RecordId>,
    /// The caller's vector of the text, where the tenant's vectors are made by the caller.
    pub vector: Option<Vector>,
}

impl Draft {
    /// A draft with this content and every default.
    pub fn new(content: Content) -> Self {
        Self {
            content,
            memory_type: MemoryType::default(),
            importance: Importance::default(),
            tags: Vec::new(),
            metadata: Metadata::default(),
            event_time: None,
            ttl_seconds: None,
            speaker: None,
            conversation: None,
            id: None,
            vector: None,
        }
    }
}

/// What happens to one attribute that can be taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It is taken away.
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

    /// Whether it stays.
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

/// Changes of a memory; what is absent stays.
#[derive(Clone, Default, PartialEq)]
pub struct Changes {
    /// The new text.
    pub content: Option<Content>,
    /// The new type.
    pub memory_type: Option<MemoryType>,
    /// The new importance.
    pub importance: Option<Importance>,
    /// The new tags, replaced whole.
    pub tags: Option<Vec<String>>,
    /// The new metadata, replaced whole.
    pub metadata: Option<Metadata>,
    /// When it happened.
    pub event_time: Change<Timestamp>,
    /// Seconds from now until it is gone.
    pub ttl_seconds: Change<u64>,
    /// The caller's vector of the text after the change.
    pub vector: Option<Vector>,
}
