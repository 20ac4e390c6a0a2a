//! Chats: the models that can be asked, and what of the memory stood in a prompt. A chat itself is had by any
//! client of OpenAI's API.

use anchorhold_wire::chat::{InjectionReply, ModelList};

use crate::transport::escaped;
use crate::{Client, Error};

impl Client {
    /// The models of all model servers.
    pub fn model_list(&self) -> Result<ModelList, Error> {
        self.transport.send(self.call("GET", "/v1/models"))
    }

    /// What of the memory stood in the prompt of a chat, by the id that its header told.
    pub fn chat_injection(&self, audit_id: &str) -> Result<InjectionReply, Error> {
        let path = format!("/v1/chat/injections/{}", escaped(audit_id));
        self.transport.send(self.call("GET", &path))
    }
}
