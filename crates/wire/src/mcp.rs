//! The Model Context Protocol as far as it is ours: its messages are JSON-RPC, what its tools do are requests.

use anchorhold_model::limits::{MCP_CONTEXT_TOKENS_MAX, QUERY_BYTES_MAX};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Code, Rejection, Request, check, redacted_debug, schema};

/// One message of JSON-RPC 2.0, as the Model Context Protocol says: a request, a notification or an answer.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct McpMessage {
    /// Always `2.0`.
    pub jsonrpc: String,
    /// Names a request, and the answer to it; a text or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::message_id)]
    pub id: Option<Value>,
    /// What is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// With which parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub params: Option<Value>,
    /// What is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Why a message is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub error: Option<Value>,
}
redacted_debug!(McpMessage);

/// Where a client of the Model Context Protocol gets a credential (RFC 9728).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResourceMetadata {
    /// The address of the door.
    pub resource: String,
    /// What it is called.
    pub resource_name: String,
    /// Where it is described.
    pub resource_documentation: String,
    /// How a credential is sent: in the header `Authorization` alone.
    pub bearer_methods_supported: Vec<String>,
    /// Servers that give out tokens; absent where API keys alone are taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_servers: Vec<String>,
}

/// Asks for a block of what is remembered.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextRequest {
    /// What was said, at most 8,192 bytes.
    pub query: String,
    /// Tokens of the block; as many as the tenant lets into a prompt when absent, and never more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
}
redacted_debug!(ContextRequest);

/// The same, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct ContextAsked {
    /// What was said.
    pub query: String,
    /// Tokens of the block.
    pub tokens_max: Option<usize>,
}
redacted_debug!(ContextAsked);

impl Request for ContextRequest {
    type Domain = ContextAsked;

    fn into_domain(self) -> Result<ContextAsked, Rejection> {
        check::text("query", &self.query, QUERY_BYTES_MAX)?;
        let tokens_max = self.max_tokens.map(|tokens| {
            let tokens = usize::try_from(tokens).unwrap_or(usize::MAX);
            if (1..=MCP_CONTEXT_TOKENS_MAX).contains(&tokens) {
                return Ok(tokens);
            }
            let rule = format!("must be a whole number from 1 to {MCP_CONTEXT_TOKENS_MAX}");
            Err(Rejection::of_field(
                Code::RequestInvalid,
                "max_tokens",
                rule,
            ))
        });
        Ok(ContextAsked {
            query: self.query,
            tokens_max: tokens_max.transpose()?,
        })
    }
}

/// A block of what is remembered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextReply {
    /// The block, fenced as data; empty when nothing is remembered that may help.
    pub context: String,
    /// Memories in it.
    pub memories: u64,
    /// Tokens of it, estimated.
    pub tokens: u64,
}
redacted_debug!(ContextReply);
