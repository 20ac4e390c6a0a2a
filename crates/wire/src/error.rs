//! The body of every refusal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Code;

/// The body of every reply that is no success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// What was refused and why.
    pub error: ErrorDetail,
}

/// What was refused and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorDetail {
    /// The reason, for programs.
    pub code: Code,
    /// The reason, for people; says what would be right.
    pub message: String,
    /// The sort of error in OpenAI's words.
    #[serde(rename = "type")]
    pub kind: String,
    /// Names the request in the server's log.
    pub request_id: String,
    /// The field of the request that was refused, such as `memories[3].content`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl ErrorBody {
    /// The body for a code; `type` follows from it.
    pub fn new(code: Code, message: impl Into<String>, request_id: impl Into<String>) -> Self {
        Self {
            error: ErrorDetail {
                code,
                message: message.into(),
                kind: code.kind().to_owned(),
                request_id: request_id.into(),
                field: None,
            },
        }
    }
}
