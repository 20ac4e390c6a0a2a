//! How our programs speak to others: over TLS that is verified, with nothing that the environment says;
//! the server itself at addresses that are checked.
//!
//! To add somebody to speak to: say in [`Reach`] where it may lie, and begin with [`config`]. A proxy
//! of the environment and a redirect are never followed.
#![forbid(unsafe_code)]

mod address;
mod documents;
mod tls;

pub use address::{Guarded, Reach, base, is_loopback};
pub use documents::{Documents, Host};
pub use tls::{client_config, distrust, is_untrusted, tls};

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::tls::TlsConfig;
use ureq::typestate::AgentScope;

/// What every request outward shares.
pub fn config(tls: TlsConfig) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        // A proxy of the environment would see keys and texts.
        .proxy(None)
        .tls_config(tls)
        .user_agent(concat!("anchorhold/", env!("CARGO_PKG_VERSION")))
}
