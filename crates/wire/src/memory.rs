//! Memories: the body that replies carry, and the bodies that create, list and delete them.

use anchorhold_model::limits::{BATCH_MAX, TAGS_MAX};
use anchorhold_model::{Draft, Importance, Memory, MemoryType, NamespaceName, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::address::AddressBody;
use crate::error::ErrorDetail;
use crate::parse::parse_part;
use crate::{Code, Rejection, Request, bounded, check, redacted_debug, schema, vector, word};

/// A memory as its owner sees it.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemoryBody {
    /// The id, a UUID.
    pub id: String,
    /// The text.
    pub content: String,
    /// What sort of memory it is.
    #[serde(rename = "type")]
    #[schema(schema_with = schema::memory_type)]
    pub memory_type: MemoryType,
    /// How much it matters, 0 to 1.
    pub importance: f64,
    /// Tags, in the caller's order.
    pub tags: Vec<String>,
    /// What the caller keeps beside it.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// Who said it.
    pub speaker: Option<String>,
    /// The conversation it belongs to.
    pub conversation: Option<String>,
    /// When it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub event_time: Option<Timestamp>,
    /// When it was stored.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// From when on it is gone.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// 1 at creation, one more with each change.
    pub version: u64,
    /// Where it is kept.
    pub namespace: AddressBody,
    /// True when the memory was there already, with this id and content.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// Windows in which a long text was embedded; absent when one was enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows: Option<u64>,
}
redacted_debug!(MemoryBody);

impl MemoryBody {
    /// The body of a memory that is kept in `namespace`.
    pub fn new(memory: &Memory, namespace: AddressBody) -> Self {
        let facets = &memory.facets;
        Self {
            id: facets.id.to_string(),
            content: memory.content.as_str().to_owned(),
            memory_type: facets.memory_type,
            importance: facets.importance.value(),
            tags: facets.tags.clone(),
            metadata: facets.metadata.to_object(),
            speaker: facets.speaker.clone(),
            conversation: facets.conversation.clone(),
            event_time: facets.event_time,
            created_at: facets.created_at,
            updated_at: facets.updated_at,
            expires_at: facets.expires_at,
            version: facets.version,
            namespace,
            replayed: false,
            windows: None,
        }
    }
}

/// Keeps one memory.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMemory {
    /// The text, 1 to 65,536 bytes.
    pub content: String,
    /// What sort of memory it is; `semantic` when absent.
    #[serde(rename = "type", default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::memory_type)]
    pub memory_type: Option<MemoryType>,
    /// How much it matters, 0 to 1; 0.5 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importance: Option<f64>,
    /// At most 50 tags of at most 256 bytes.
    #[serde(default, deserialize_with = "bounded::list::<TAGS_MAX, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// At most 100 keys and 16,384 bytes of compact JSON.
    #[serde(default, deserialize_with = "bounded::metadata")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub event_time: Option<Timestamp>,
    /// Seconds until it is gone; kept for ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u64>,
    /// Who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// The conversation it belongs to; neighbours in it help recall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// A UUID of the caller; repeating it with the same content changes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The vector of the text, where the application makes the vectors itself: as many numbers as
    /// the tenant's policy says. Only its direction counts.
    #[serde(default, deserialize_with = "vector::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector: Option<Vec<f32>>,
    /// A named namespace; the user's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}
redacted_debug!(CreateMemory);

/// A memory to keep, checked.
#[derive(Clone, PartialEq)]
pub struct NewMemory {
    /// The memory.
    pub draft: Draft,
    /// A named namespace.
    pub namespace: Option<NamespaceName>,
}
redacted_debug!(NewMemory);

impl Request for CreateMemory {
    type Domain = NewMemory;

    fn into_domain(self) -> Result<NewMemory, Rejection> {
        let id = self.id.as_deref().map(|id| check::record_id("id", id));
        let draft = Draft {
            content: check::content(self.content)?,
            memory_type: self.memory_type.unwrap_or_default(),
            importance: match self.importance {
                None => Importance::default(),
                Some(value) => check::importance(value)?,
            },
            tags: check::tags(self.tags.unwrap_or_default())?,
            metadata: check::metadata(self.metadata.unwrap_or_default())?,
            event_time: self.event_time,
            ttl_seconds: self.ttl_seconds.map(check::ttl_seconds).transpose()?,
            speaker: check::label("speaker", self.speaker)?,
            conversation: check::label("conversation", self.conversation)?,
            id: id.transpose()?,
            vector: self.vector.map(check::vector).transpose()?,
        };
        Ok(NewMemory {
            draft,
            namespace: check::namespace(self.namespace.as_deref())?,
        })
    }
}

/// Keeps up to 100 memories in one namespace. Each is judged on its own.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchMemories {
    /// The memories; none names a namespace of its own.
    #[serde(deserialize_with = "bounded::list_required::<BATCH_MAX, _, _>")]
    #[schema(value_type = Vec<CreateMemory>)]
    pub memories: Vec<Box<RawValue>>,
    /// A named namespace; the user's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}
redacted_debug!(BatchMemories);

/// A batch, checked; an item that was refused does not stop the others.
#[derive(Clone, PartialEq)]
pub struct Batch {
    /// The memories or why one is refused, in the caller's order.
    pub memories: Vec<Result<NewMemory, Rejection>>,
    /// A named namespace.
    pub namespace: Option<NamespaceName>,
}
redacted_debug!(Batch);

impl Request for BatchMemories {
    type Domain = Batch;

    fn into_domain(self) -> Result<Batch, Rejection> {
        if self.memories.is_empty() || self.memories.len() > BATCH_MAX {
            let rule = format!("must be a list of 1 to {BATCH_MAX} memories");
            return Err(Rejection::of_field(Code::RequestInvalid, "memories", rule));
        }
        let items = self.memories.into_iter().enumerate();
        Ok(Batch {
            namespace: check::namespace(self.namespace.as_deref())?,
            memories: items
                .map(|(position, item)| {
                    batch_item(&item)
                        .map_err(|rejection| rejection.inside(&format!("memories[{position}]")))
                })
                .collect(),
        })
    }
}

fn batch_item(item: &RawValue) -> Result<NewMemory, Rejection> {
    let item: CreateMemory = parse_part(item)?;
    if item.namespace.is_some() {
        let rule = "stands beside \"memories\" in a batch; a batch goes to one namespace";
        return Err(Rejection::of_field(Code::RequestInvalid, "namespace", rule));
    }
    item.into_domain()
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchReply {
    /// One result for each memory, in the order of the request.
    pub results: Vec<BatchResult>,
}

/// What became of one memory of a batch: either `memory` or `error`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchResult {
    /// The status that the memory would have had alone.
    pub status: u16,
    /// The memory that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryBody>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
}

/// One page of memories, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ListReply {
    /// The memories.
    pub memories: Vec<MemoryBody>,
    /// What the next request sends as `cursor`; null on the last page.
    pub next_cursor: Option<String>,
}

/// A memory is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deleted {
    /// The id that was asked for.
    pub id: String,
    /// Always true.
    pub deleted: bool,
}
