//! The Rust client that the CLI and TUI use: one blocking method for each route.
//!
//! [`Client`] speaks to the tenant and user listener, [`OperatorClient`] to the operator's. To add
//! a route: a method in the file of its group, a line in `tests/client/routes.rs`.
#![forbid(unsafe_code)]

mod backup;
mod chat;
mod config;
mod erase;
mod error;
mod export;
mod health;
mod invites;
mod keys;
mod mcp;
mod memories;
mod namespaces;
mod operator;
mod quarantine;
mod recall;
mod sessions;
mod transport;
mod users;
mod verify;
mod whoami;

pub use anchorhold_wire as wire;
pub use config::Config;
pub use error::Error;
pub use mcp::{McpHead, McpReply};
pub use operator::OperatorClient;

use std::fmt;

use transport::{Call, Transport};

/// Speaks to the tenant and user listener with one credential, for at most one user.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    /// Who the requests speak for.
    identity: Vec<(&'static str, String)>,
    /// Where memories are kept, when it is a named namespace.
    namespace: Option<String>,
}

impl fmt::Debug for Client {
    /// The address alone: names of users do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for `config`; no connection is opened yet.
    pub fn new(config: Config) -> Result<Self, Error> {
        let identity = [
            ("x-anchorhold-user", config.user),
            ("x-anchorhold-workspace", config.workspace),
            ("x-anchorhold-agent", config.agent),
            ("x-anchorhold-thread", config.thread),
        ];
        let identity = identity
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)));
        Ok(Self {
            transport: Transport::new(&config.url, config.key, config.authorities.as_deref())?,
            identity: identity.collect(),
            namespace: config.namespace,
        })
    }

    /// A request in the name of the user.
    fn call(&self, method: &'static str, path: impl Into<String>) -> Call {
        let mut call = Call::new(method, path);
        for (name, value) in &self.identity {
            call = call.header(name, value);
        }
        call
    }

    /// A request in the name of the user, in the named namespace if one is configured.
    fn call_inside(&self, method: &'static str, path: impl Into<String>) -> Call {
        let call = self.call(method, path);
        match &self.namespace {
            Some(name) => call.header("x-anchorhold-namespace", name),
            None => call,
        }
    }
}
