//! Memories: kept, read, changed, deleted.

use anchorhold_wire::memory::{
    BatchMemories, BatchReply, CreateMemory, Deleted, ListReply, MemoryBody,
};
use anchorhold_wire::patch::PatchMemory;

use crate::transport::escaped;
use crate::{Client, Error};

const PATH: &str = "/v1/memories";

impl Client {
    /// Keeps a memory; `replayed` in the answer says that it was there already.
    pub fn remember(&self, memory: &CreateMemory) -> Result<MemoryBody, Error> {
        let call = self.call_inside("POST", PATH).json(memory)?;
        self.transport.send(call)
    }

    /// Keeps up to 100 memories; the answer judges each on its own.
    pub fn remember_batch(&self, memories: &[CreateMemory]) -> Result<BatchReply, Error> {
        let memories = memories.iter().map(serde_json::value::to_raw_value);
        let body = BatchMemories {
            memories: memories
                .collect::<Result<_, _>>()
                .map_err(Error::Unwritable)?,
            namespace: None,
        };
        let path = format!("{PATH}/batch");
        self.transport
            .send(self.call_inside("POST", path).json(&body)?)
    }

    /// One memory.
    pub fn memory(&self, id: &str) -> Result<MemoryBody, Error> {
        self.transport.send(self.call_inside("GET", path(id)))
    }

    /// One page of memories, newest first; `cursor` comes from the page before.
    pub fn memory_list(
        &self,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<ListReply, Error> {
        let call = self.call_inside("GET", PATH);
        self.transport
            .send(call.query("limit", limit).query("cursor", cursor))
    }

    /// Changes a memory; with `version` only if that is still its version.
    pub fn memory_patch(
        &self,
        id: &str,
        changes: &PatchMemory,
        version: Option<u64>,
    ) -> Result<MemoryBody, Error> {
        let mut call = self.call_inside("PATCH", path(id)).json(changes)?;
        if let Some(version) = version {
            call = call.header("if-match", format!("\"{version}\""));
        }
        self.transport.send(call)
    }

    /// Deletes a memory.
    pub fn memory_delete(&self, id: &str) -> Result<Deleted, Error> {
        self.transport.send(self.call_inside("DELETE", path(id)))
    }
}

fn path(id: &str) -> String {
    format!("{PATH}/{}", escaped(id))
}
