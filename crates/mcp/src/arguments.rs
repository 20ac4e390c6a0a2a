//! What a model says, read: the arguments that a tool lists, within its limits, and no other.

use std::fmt::Write as _;

use anchorhold_model::limits::{
    BATCH_MAX, MCP_IDS_MAX, MCP_MESSAGES_MAX, MCP_RESULTS_DEFAULT, MCP_RESULTS_MAX,
};
use anchorhold_wire::{Code, Rejection, parse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Tool;

/// What a tool is asked for, as the request that does it: a verb of the HTTP API with what it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which tool.
    pub tool: Tool,
    /// The JSON body of the request; none where its route takes none.
    pub body: Option<Vec<u8>>,
    /// Its query, escaped.
    pub query: Option<String>,
}

/// A text, a number or anything else that the request itself will judge.
type Judged = Option<Value>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Store {
    content: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    memory_type: Judged,
    #[serde(skip_serializing_if = "Option::is_none")]
    importance: Judged,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Judged,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Judged,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_time: Judged,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_seconds: Judged,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Judged,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recall {
    query: String,
    limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Judged,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Judged,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Context {
    query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Judged,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    limit: Option<u64>,
    cursor: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forget {
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Judged,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Judged,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Append {
    conversation: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    speaker: String,
    content: String,
    event_time: Judged,
}

impl Asked {
    /// Reads the arguments of a tool.
    ///
    /// # Errors
    /// [`Code::RequestInvalid`] with the field, for an argument that is not listed, is missing or is beyond its
    /// limit. What the request itself judges is refused by it.
    pub fn read(tool: Tool, arguments: &Map<String, Value>) -> Result<Self, Rejection> {
        match tool {
            Tool::Store => Self::with(tool, &taken::<Store>(arguments)?),
            Tool::Recall => {
                let mut recall = taken::<Recall>(arguments)?;
                recall.limit = Some(limit(recall.limit)?);
                Self::with(tool, &recall)
            }
            Tool::Context => Self::with(tool, &taken::<Context>(arguments)?),
            Tool::List => list(&taken::<List>(arguments)?),
            Tool::Forget => {
                let forget = taken::<Forget>(arguments)?;
                if forget
                    .ids
                    .as_ref()
                    .is_some_and(|ids| ids.len() > MCP_IDS_MAX)
                {
                    let rule = format!("must be a list of 1 to {MCP_IDS_MAX} ids");
                    return Err(Rejection::of_field(Code::RequestInvalid, "ids", rule));
                }
                Self::with(tool, &forget)
            }
            Tool::Append => append(taken::<Append>(arguments)?),
        }
    }

    fn with(tool: Tool, body: &impl Serialize) -> Result<Self, Rejection> {
        Ok(Self {
            tool,
            body: Some(written(body)?),
            query: None,
        })
    }
}

fn taken<T: DeserializeOwned>(arguments: &Map<String, Value>) -> Result<T, Rejection> {
    parse(&written(arguments)?)
}

fn written(body: &impl Serialize) -> Result<Vec<u8>, Rejection> {
    let unwritable = |_| Rejection::new(Code::RequestInvalid, "the arguments cannot be written");
    serde_json::to_vec(body).map_err(unwritable)
}

/// How many are asked for: fewer than a program may, for a model reads them all.
fn limit(asked: Option<u64>) -> Result<u64, Rejection> {
    let most = u64::try_from(MCP_RESULTS_MAX).unwrap_or(u64::MAX);
    match asked {
        None => Ok(u64::try_from(MCP_RESULTS_DEFAULT).unwrap_or(most)),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => {
            let rule = format!("must be a whole number from 1 to {most}");
            Err(Rejection::of_field(Code::RequestInvalid, "limit", rule))
        }
    }
}

fn list(list: &List) -> Result<Asked, Rejection> {
    let mut query = format!("limit={}", limit(list.limit)?);
    if let Some(cursor) = &list.cursor {
        query.push_str("&cursor=");
        for byte in cursor.bytes() {
            if byte.is_ascii_alphanumeric() {
                query.push(char::from(byte));
            } else {
                // Writing into a String cannot fail.
                let _ = write!(query, "%{byte:02X}");
            }
        }
    }
    Ok(Asked {
        tool: Tool::List,
        body: None,
        query: Some(query),
    })
}

fn append(append: Append) -> Result<Asked, Rejection> {
    const { assert!(MCP_MESSAGES_MAX <= BATCH_MAX) };
    if append.messages.is_empty() || append.messages.len() > MCP_MESSAGES_MAX {
        let rule = format!("must be a list of 1 to {MCP_MESSAGES_MAX} messages");
        return Err(Rejection::of_field(Code::RequestInvalid, "messages", rule));
    }
    let memories = append.messages.into_iter().map(|message| {
        let mut memory = json!({
            "content": message.content,
            "type": "episodic",
            "speaker": message.speaker,
            "conversation": append.conversation,
        });
        if let (Some(event_time), Value::Object(memory)) = (message.event_time, &mut memory) {
            memory.insert("event_time".to_owned(), event_time);
        }
        memory
    });
    let memories: Vec<Value> = memories.collect();
    Asked::with(Tool::Append, &json!({"memories": memories}))
}

#[cfg(test)]
mod tests;
