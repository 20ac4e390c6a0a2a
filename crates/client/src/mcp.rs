//! Messages of the Model Context Protocol, for a bridge: what they mean is for the two ends to know.

use anchorhold_wire::mcp::ResourceMetadata;

use crate::{Client, Error};

/// What goes beside a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct McpHead {
    /// The session, if the server began one.
    pub session: Option<String>,
    /// The version of the protocol, once it is agreed on.
    pub version: Option<String>,
    /// The method of the message; the newer versions have it beside it too.
    pub method: Option<String>,
    /// The name of its tool; the same.
    pub name: Option<String>,
}

/// What a message is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpReply {
    /// The status.
    pub status: u16,
    /// A message, the body of a refusal, or nothing where no answer is due.
    pub body: Vec<u8>,
    /// The session that began with it.
    pub session: Option<String>,
}

impl Client {
    /// Sends one message, as it is.
    ///
    /// # Errors
    /// When there is no answer; a refusal is one.
    pub fn mcp(&self, message: Vec<u8>, head: &McpHead) -> Result<McpReply, Error> {
        let mut call = self
            .call_inside("POST", "/mcp")
            .header("accept", "text/event-stream")
            .bytes(message);
        let beside = [
            ("mcp-session-id", &head.session),
            ("mcp-protocol-version", &head.version),
            ("mcp-method", &head.method),
            ("mcp-name", &head.name),
        ];
        for (name, value) in beside {
            if let Some(value) = value {
                call = call.header(name, value);
            }
        }
        let (status, body, session) = self.transport.answer(call, "mcp-session-id")?;
        Ok(McpReply {
            status,
            body,
            session,
        })
    }

    /// How a client of the protocol gets in.
    pub fn mcp_metadata(&self) -> Result<ResourceMetadata, Error> {
        let path = "/.well-known/oauth-protected-resource";
        self.transport.send(self.call("GET", path))
    }

    /// The same, at the address that is made of that of the door.
    pub fn mcp_metadata_of_path(&self) -> Result<ResourceMetadata, Error> {
        let path = "/.well-known/oauth-protected-resource/mcp";
        self.transport.send(self.call("GET", path))
    }
}
