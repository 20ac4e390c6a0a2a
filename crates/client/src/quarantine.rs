//! The quarantine, as a tenant's admins manage it.

use anchorhold_wire::erase::Receipt;
use anchorhold_wire::quarantine::{ApproveSandbox, SandboxApproved, SandboxList, SandboxShown};

use crate::transport::escaped;
use crate::{Client, Error};

const PATH: &str = "/v1/quarantine";

impl Client {
    /// The sandboxes that were used last, at most `limit` of them (1 to 200, 50 when absent).
    pub fn quarantine_list(&self, limit: Option<u64>) -> Result<SandboxList, Error> {
        let call = self.call("GET", PATH).query("limit", limit);
        self.transport.send(call)
    }

    /// A sandbox with one page of what is kept in it.
    pub fn quarantine_show(
        &self,
        sandbox: &str,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<SandboxShown, Error> {
        let call = self.call("GET", path(sandbox));
        self.transport
            .send(call.query("limit", limit).query("cursor", cursor))
    }

    /// Gives what is kept in a sandbox to a user, who is known from then on.
    pub fn quarantine_approve(
        &self,
        sandbox: &str,
        user: &ApproveSandbox,
    ) -> Result<SandboxApproved, Error> {
        let path = format!("{}/approve", path(sandbox));
        self.transport.send(self.call("POST", path).json(user)?)
    }

    /// Destroys a sandbox with what is kept in it.
    pub fn quarantine_reject(&self, sandbox: &str) -> Result<Receipt, Error> {
        self.transport.send(self.call("DELETE", path(sandbox)))
    }
}

fn path(sandbox: &str) -> String {
    format!("{PATH}/{}", escaped(sandbox))
}
