//! The health routes, on both listeners.

use anchorhold_wire::health::{HealthReply, ReadyReply};

use crate::transport::{Call, Transport};
use crate::{Client, Error, OperatorClient};

fn health(transport: &Transport) -> Result<HealthReply, Error> {
    transport.send(Call::new("GET", "/healthz"))
}

/// "Not ready" is an answer too, with status 503.
fn ready(transport: &Transport) -> Result<ReadyReply, Error> {
    transport.send_also(Call::new("GET", "/readyz"), 503)
}

impl Client {
    /// Whether the process lives, and what is degraded.
    pub fn health(&self) -> Result<HealthReply, Error> {
        health(&self.transport)
    }

    /// Whether traffic should come; "no" is an answer, not an error.
    pub fn ready(&self) -> Result<ReadyReply, Error> {
        ready(&self.transport)
    }
}

impl OperatorClient {
    /// Whether the process lives, and what is degraded.
    pub fn health(&self) -> Result<HealthReply, Error> {
        health(&self.transport)
    }

    /// Whether traffic should come; "no" is an answer, not an error.
    pub fn ready(&self) -> Result<ReadyReply, Error> {
        ready(&self.transport)
    }
}
