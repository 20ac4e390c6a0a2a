//! Everything of a user or a named namespace, out and in, as lines that are never all in memory.

use std::io::Read;

use anchorhold_wire::export::{ImportReply, MEDIA_TYPE};

use crate::{Client, Error};

impl Client {
    /// The lines of an export, as they arrive. A reader that ends without the last line, or with
    /// an error, was cut.
    pub fn export(&self, with_vectors: bool) -> Result<impl Read + use<>, Error> {
        let vectors = (!with_vectors).then_some(false);
        let call = self.call_inside("GET", "/v1/export");
        self.transport.open(call.query("vectors", vectors))
    }

    /// Sends lines as they come; the answer tells what became of each.
    pub fn import(&self, lines: &mut dyn Read) -> Result<ImportReply, Error> {
        let call = self.call_inside("POST", "/v1/import");
        self.transport.pour(call, MEDIA_TYPE, lines)
    }
}
