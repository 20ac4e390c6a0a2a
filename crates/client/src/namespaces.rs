//! Named namespaces.

use anchorhold_wire::namespace::{
    CreateNamespace, NamespaceBody, NamespaceDeleted, NamespaceList, PatchNamespace,
};
use anchorhold_wire::relocation::{MoveReply, MoveRequest};

use crate::transport::escaped;
use crate::{Client, Error};

const PATH: &str = "/v1/namespaces";

impl Client {
    /// Makes a named namespace.
    pub fn namespace_create(&self, namespace: &CreateNamespace) -> Result<NamespaceBody, Error> {
        let call = self.call("POST", PATH).json(namespace)?;
        self.transport.send(call)
    }

    /// One page of the named namespaces that the key may see.
    pub fn namespace_list(
        &self,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<NamespaceList, Error> {
        let call = self.call("GET", PATH);
        self.transport
            .send(call.query("limit", limit).query("cursor", cursor))
    }

    /// One named namespace, by its opaque id.
    pub fn namespace(&self, id: &str) -> Result<NamespaceBody, Error> {
        self.transport.send(self.call("GET", path(id)))
    }

    /// Describes a named namespace anew.
    pub fn namespace_patch(
        &self,
        id: &str,
        changes: &PatchNamespace,
    ) -> Result<NamespaceBody, Error> {
        let call = self.call("PATCH", path(id)).json(changes)?;
        self.transport.send(call)
    }

    /// Moves memories to another user or namespace, for an admin. A move that was cut goes on when it is
    /// asked for again.
    pub fn namespace_move(&self, request: &MoveRequest) -> Result<MoveReply, Error> {
        let call = self.call("POST", format!("{PATH}/move")).json(request)?;
        self.transport.send(call)
    }

    /// Drops a named namespace with all that is in it.
    pub fn namespace_delete(&self, id: &str) -> Result<NamespaceDeleted, Error> {
        self.transport.send(self.call("DELETE", path(id)))
    }
}

fn path(id: &str) -> String {
    format!("{PATH}/{}", escaped(id))
}
