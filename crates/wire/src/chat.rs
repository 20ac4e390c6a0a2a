//! Chats: what goes on to a model server, and how memories stand in it.

use anchorhold_model::{Change, ChatChanges, ChatPolicy, MemoryTo, MemoryType, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::memory::MemoryBody;
use crate::{Code, Rejection, schema, word};

/// Changes how memories stand in chats; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchChat {
    /// To which model servers memories may go: `inside` (those that the configuration calls private, the
    /// default), `anywhere` or `nowhere`.
    #[serde(default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::memory_to)]
    pub memory_to: Option<MemoryTo>,
    /// Models by the names that clients use, or servers by theirs, that get none all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_denied: Option<Vec<String>>,
    /// Types of memories that go to no model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub types_denied: Option<Vec<MemoryType>>,
    /// Tokens of a prompt below which every memory stands in it that was found; 800 at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soft_tokens: Option<usize>,
    /// Tokens above which none does; between the two stand those whose importance is 0.7 and more. 1600 at
    /// first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard_tokens: Option<usize>,
    /// The least similarity of a memory, in hundredths; 15 at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold_percent: Option<u8>,
    /// Hundredths of those tokens where the user is only claimed to be who they are; 50 at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_percent: Option<u8>,
    /// Messages that are never condensed as long as they fit, the latest ones; 6 at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recent_keep: Option<usize>,
    /// Tokens to which what an application says (role `system`) is cut; null, as at first: it is never cut.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<u64>)]
    pub system_tokens_max: Change<usize>,
}

impl PatchChat {
    /// The changes, each within its bounds.
    pub(crate) fn changes(self) -> Result<ChatChanges, Rejection> {
        let changes = ChatChanges {
            memory_to: self.memory_to,
            memory_denied: self.memory_denied,
            types_denied: self.types_denied,
            soft_tokens: self.soft_tokens,
            hard_tokens: self.hard_tokens,
            threshold_percent: self.threshold_percent,
            claimed_percent: self.claimed_percent,
            recent_keep: self.recent_keep,
            system_tokens_max: self.system_tokens_max,
        };
        let refused = |(field, rule)| {
            Rejection::of_field(Code::RequestInvalid, &format!("chat.{field}"), rule)
        };
        changes.check().map_err(refused)?;
        Ok(changes)
    }
}

/// How memories stand in chats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatBody {
    /// To which model servers memories may go.
    #[schema(schema_with = schema::memory_to)]
    pub memory_to: MemoryTo,
    /// Models and servers that get none all the same.
    pub memory_denied: Vec<String>,
    /// Types of memories that go to no model.
    #[schema(value_type = Vec<String>)]
    pub types_denied: Vec<MemoryType>,
    /// Tokens of a prompt below which every memory stands in it that was found.
    pub soft_tokens: usize,
    /// Tokens above which none does.
    pub hard_tokens: usize,
    /// The least similarity of a memory, in hundredths.
    pub threshold_percent: u8,
    /// Hundredths of those tokens where the user is only claimed to be who they are.
    pub claimed_percent: u8,
    /// Messages that are never condensed as long as they fit.
    pub recent_keep: usize,
    /// Tokens to which what an application says is cut; null: it is never cut.
    pub system_tokens_max: Option<usize>,
}

impl From<&ChatPolicy> for ChatBody {
    fn from(policy: &ChatPolicy) -> Self {
        Self {
            memory_to: policy.memory_to,
            memory_denied: policy.memory_denied.clone(),
            types_denied: policy.types_denied.clone(),
            soft_tokens: policy.soft_tokens,
            hard_tokens: policy.hard_tokens,
            threshold_percent: policy.threshold_percent,
            claimed_percent: policy.claimed_percent,
            recent_keep: policy.recent_keep,
            system_tokens_max: policy.system_tokens_max,
        }
    }
}

/// A request to a model server, as OpenAI's API describes it. Only what is named here is looked at; every other
/// field goes on as it is.
#[derive(ToSchema)]
pub struct ModelRequest {
    /// The model, by a name that `GET /v1/models` lists.
    pub model: String,
    /// The messages of a chat.
    #[schema(value_type = Option<Vec<Object>>)]
    pub messages: Option<Value>,
    /// Whether the answer comes as events.
    pub stream: Option<bool>,
}

/// The models that can be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelList {
    /// Always `list`.
    pub object: String,
    /// The models, as their servers describe them.
    #[schema(value_type = Vec<Object>)]
    pub data: Vec<Value>,
}

impl ModelList {
    /// A list of these.
    pub fn new(data: Vec<Value>) -> Self {
        let object = "list".to_owned();
        Self { object, data }
    }
}

/// What of the memory stood in the prompt of a chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InjectionReply {
    /// The entry of the audit log.
    pub audit_id: String,
    /// When the prompt was made.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// The block, byte for byte.
    pub block: String,
    /// The memories in it, in their order.
    pub memories: Vec<MemoryBody>,
}
