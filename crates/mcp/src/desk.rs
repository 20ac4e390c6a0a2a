//! What does the work of a tool.

use std::pin::Pin;

use anchorhold_wire::{ErrorDetail, Rejection};
use serde_json::Value;

use crate::Asked;

/// What a tool gave: the JSON of the verb that did it, or why it was refused.
pub type Done<'a> = Pin<Box<dyn Future<Output = Result<Value, ErrorDetail>> + Send + 'a>>;

/// Does what the tools of one message ask, with the rights of that message.
pub trait Desk: Send + Sync {
    /// Does it.
    fn act(&self, asked: Asked) -> Done<'_>;

    /// A refusal of arguments, as it is told.
    fn refused(&self, rejection: Rejection) -> ErrorDetail;
}
