//! Erase: destroys a namespace or a user.

use anchorhold_wire::erase::{EraseRequest, Receipt};

use crate::{Client, Error};

impl Client {
    /// Destroys what exactly one field of `request` names. The configured namespace plays no part.
    pub fn erase(&self, request: &EraseRequest) -> Result<Receipt, Error> {
        let call = self.call("POST", "/v1/erase").json(request)?;
        self.transport.send(call)
    }
}
