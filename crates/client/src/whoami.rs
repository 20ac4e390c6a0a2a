//! What the server makes of the credential and its headers.

use anchorhold_wire::whoami::WhoamiReply;

use crate::{Client, Error};

impl Client {
    /// Who the requests of this client speak for, and what they may reach.
    pub fn whoami(&self) -> Result<WhoamiReply, Error> {
        self.transport.send(self.call_inside("GET", "/v1/whoami"))
    }
}
