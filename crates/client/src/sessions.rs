//! Isolation sessions, as a tenant admin manages them.

use anchorhold_wire::erase::Receipt;
use anchorhold_wire::session::{SessionList, Swept};

use crate::transport::escaped;
use crate::{Client, Error};

const PATH: &str = "/v1/sessions";

impl Client {
    /// The sessions that were used last, at most `limit` of them (1 to 200, 50 when absent).
    pub fn session_list(&self, limit: Option<usize>) -> Result<SessionList, Error> {
        let call = self.call("GET", PATH).query("limit", limit);
        self.transport.send(call)
    }

    /// Ends a session and destroys what is kept in it.
    pub fn session_end(&self, session: &str) -> Result<Receipt, Error> {
        let path = format!("{PATH}/{}", escaped(session));
        self.transport.send(self.call("DELETE", path))
    }

    /// Destroys every session that is over, without waiting for the server's own sweep.
    pub fn session_sweep(&self) -> Result<Swept, Error> {
        let path = format!("{PATH}/sweep");
        self.transport.send(self.call("POST", path))
    }
}
