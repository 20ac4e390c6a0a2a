//! Finds the addresses of a model server, and gives only those at which it may lie: the connection goes to
//! exactly what was checked.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use anchorhold_outbound::Reach;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The name leads to an address at which nobody is looked for.
#[derive(Debug)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name leads to an address that is not reached")
    }
}

impl std::error::Error for Refused {}

/// Addresses of this reach.
pub(crate) struct Guarded(pub(crate) Reach);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            // One address of another sort among many is a name that somebody plays with.
            if !found.iter().all(|address| reach.holds(address.ip())) {
                return Err(Refused.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
