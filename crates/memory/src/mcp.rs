//! What an MCP session is known by.

use anchorhold_crypto::MAC_BYTES;

use crate::Engine;

impl Engine {
    /// The MAC of an MCP session whose parts say for whom it is: nobody without the key of this installation
    /// makes it, so that nothing of a session need be kept.
    pub fn mcp_session(&self, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
        self.store.catalogue().mcp_session(parts)
    }
}
