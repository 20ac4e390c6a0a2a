//! API keys, as a tenant admin manages them.

use anchorhold_wire::key::{CreateKey, KeyCreated, KeyList, Revoked};

use crate::transport::escaped;
use crate::{Client, Error};

const PATH: &str = "/v1/keys";

impl Client {
    /// Makes an API key; the answer is the only one that shows it.
    pub fn key_create(&self, key: &CreateKey) -> Result<KeyCreated, Error> {
        self.transport.send(self.call("POST", PATH).json(key)?)
    }

    /// The keys of the tenant.
    pub fn key_list(&self) -> Result<KeyList, Error> {
        self.transport.send(self.call("GET", PATH))
    }

    /// Ends a key at once.
    pub fn key_revoke(&self, key_id: &str) -> Result<Revoked, Error> {
        let path = format!("{PATH}/{}", escaped(key_id));
        self.transport.send(self.call("DELETE", path))
    }
}
