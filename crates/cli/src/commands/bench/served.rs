//! A throw-away installation that is served, and what its operator makes there for a measurement.

use std::sync::Arc;

use anchorhold_model::Clock;
use serde_json::{Value, json};

use super::Size;
use super::client::{Client, bearer, text};
use crate::exit::Error;
use crate::throw_away::{ThrowAway, ThrowAwayServer, Wish};

/// A server on loopback, in this process.
pub(super) struct Served {
    pub(super) server: ThrowAwayServer,
    pub(super) clock: Arc<dyn Clock>,
}

impl Served {
    pub(super) fn new(size: &Size, mut wish: Wish) -> Result<Self, Error> {
        wish.parent.clone_from(&size.directory);
        let installation = ThrowAway::new(wish)?;
        Ok(Self {
            clock: Arc::clone(&installation.house.clock),
            server: ThrowAwayServer::start(installation)?,
        })
    }

    /// The value of the operator's header.
    pub(super) fn operator(&self) -> String {
        bearer(self.server.operator_key())
    }

    /// Asks on the operator's listener.
    pub(super) fn operate(&self, target: &str, body: &Value) -> Result<Value, Error> {
        let mut client = Client::connect(&self.server.operator_url)?;
        client.post(target, &[("authorization", &self.operator())], body)
    }

    /// A tenant with this embedding, and the header of a key that may name its users.
    pub(super) fn application(&self, tenant: &str, embedding: &Value) -> Result<String, Error> {
        self.operate(
            "/v1/tenants",
            &json!({"name": tenant, "embedding": embedding}),
        )?;
        let keys = format!("/v1/tenants/{tenant}/keys");
        let made = self.operate(&keys, &json!({"name": "app", "act_as": true}))?;
        Ok(bearer(&text(&made, "key")?))
    }
}
