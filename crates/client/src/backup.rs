//! Backups of single namespaces: out and back, piece by piece.

use std::io::Read;

use anchorhold_wire::backup::{BackupRequest, Restored};

use crate::transport::Call;
use crate::{Error, OperatorClient};

impl OperatorClient {
    /// The backup of a namespace, as it arrives. A reader that ends with an error was cut.
    pub fn backup(&self, namespace: &str) -> Result<impl Read + use<>, Error> {
        let request = BackupRequest {
            namespace: namespace.to_owned(),
        };
        self.transport
            .open(Call::new("POST", "/v1/backup").json(&request)?)
    }

    /// Puts a backup back.
    pub fn restore(&self, from: &mut dyn Read) -> Result<Restored, Error> {
        let call = Call::new("POST", "/v1/restore");
        self.transport.pour(call, "application/octet-stream", from)
    }
}
