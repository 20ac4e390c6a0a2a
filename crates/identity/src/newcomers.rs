//! How many new sessions each peer was given lately: an id costs the server a row, and whoever asks for
//! one has shown nothing yet.
//!
//! INVARIANT: what is remembered is bounded for each tenant, whatever addresses its clients come from,
//! and one tenant's peers never use up another's.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use anchorhold_model::{TenantId, Timestamp};

/// Peers of one tenant that are counted each for itself; further ones are counted together.
const PEERS_MAX: usize = 4_096;
/// The time for which is counted.
const WINDOW_MILLISECONDS: i64 = 60_000;

/// Counts new sessions by tenant and peer.
#[derive(Debug, Default)]
pub struct Newcomers(Mutex<BTreeMap<TenantId, Window>>);

#[derive(Debug)]
struct Window {
    began: Timestamp,
    peers: BTreeMap<Option<IpAddr>, u64>,
}

impl Newcomers {
    /// Counts one more session for a peer, or tells after how many seconds it may have one.
    pub fn admit(
        &self,
        tenant: TenantId,
        peer: Option<IpAddr>,
        per_minute: u64,
        now: Timestamp,
    ) -> Result<(), u64> {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = tenants.entry(tenant).or_insert_with(|| Window {
            began: now,
            peers: BTreeMap::new(),
        });
        let mut elapsed = now.milliseconds() - window.began.milliseconds();
        if !(0..WINDOW_MILLISECONDS).contains(&elapsed) {
            window.began = now;
            window.peers.clear();
            elapsed = 0;
        }
        let peer = peer.map(household);
        let is_known = window.peers.contains_key(&peer);
        let peer = peer.filter(|_| is_known || window.peers.len() < PEERS_MAX);
        let count = window.peers.entry(peer).or_default();
        if *count >= per_minute {
            let left = (WINDOW_MILLISECONDS - elapsed).unsigned_abs();
            return Err(left.div_ceil(1_000).max(1));
        }
        *count += 1;
        Ok(())
    }
}

/// One address of IPv4, or the network that one line of IPv6 is given.
fn household(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests;
