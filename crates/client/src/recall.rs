//! Recall and its opposite.

use anchorhold_wire::forget::{ForgetReply, ForgetRequest};
use anchorhold_wire::recall::{RecallReply, RecallRequest};

use crate::{Client, Error};

impl Client {
    /// Asks a question.
    pub fn recall(&self, question: &RecallRequest) -> Result<RecallReply, Error> {
        let call = self.call_inside("POST", "/v1/recall").json(question)?;
        self.transport.send(call)
    }

    /// Deletes the memories that ids or a filter name, or says which it would delete.
    pub fn forget(&self, request: &ForgetRequest) -> Result<ForgetReply, Error> {
        let call = self.call_inside("POST", "/v1/forget").json(request)?;
        self.transport.send(call)
    }
}
