//! Where a request came from, for limits: the other end of the connection, or whom proxies of the
//! tenant name. It is never an identity.

use std::net::{IpAddr, SocketAddr};

use anchorhold_model::Sources;

use crate::Headers;

/// Addresses of a chain that are looked at, the last ones.
const HOPS_MAX: usize = 16;

/// The client. `X-Forwarded-For` is read from its end, where the trusted proxies wrote; what stands before
/// the first address that none of them vouches for was written by nobody known.
pub(crate) fn client(
    sources: &Sources,
    peer: Option<IpAddr>,
    headers: Headers<'_>,
) -> Option<IpAddr> {
    let mut client = peer?.to_canonical();
    let lines: Vec<&[u8]> = headers.values("x-forwarded-for").collect();
    let hops = lines.iter().rev().flat_map(|line| {
        let hops = line.rsplit(|byte| *byte == b',');
        hops.map(|hop| address(std::str::from_utf8(hop).ok()?.trim()))
    });
    for hop in hops.take(HOPS_MAX) {
        let Some(hop) = hop.filter(|_| sources.trusts(client)) else {
            break;
        };
        client = hop.to_canonical();
    }
    Some(client)
}

/// Some proxies write the port too.
fn address(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchorhold_model::network;

    fn of(peer: &str, lines: &[&str]) -> String {
        let proxies = vec![network("10.0.0.0/8").unwrap()];
        let sources = Sources::new(proxies, Vec::new()).unwrap();
        let lines: Vec<(&str, &[u8])> = lines
            .iter()
            .map(|line| ("x-forwarded-for", line.as_bytes()))
            .collect();
        let peer = Some(peer.parse().unwrap());
        client(&sources, peer, Headers::new(&lines))
            .unwrap()
            .to_string()
    }

    #[test]
    fn forwarded_addresses_are_read_from_the_right_and_from_trusted_proxies_alone() {
        assert_eq!(of("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            of("::ffff:10.0.0.1", &["::ffff:198.51.100.7"]),
            "198.51.100.7"
        );
        // What the client wrote itself stands on the left.
        assert_eq!(
            of("10.0.0.1", &["203.0.113.9, 198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(
            of("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.9.9.9"]),
            "198.51.100.7"
        );
        assert_eq!(
            of("10.0.0.1", &["198.51.100.7", "10.9.9.9"]),
            "198.51.100.7"
        );
        assert_eq!(of("10.0.0.1", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", &["198.51.100.7, unknown"]), "10.0.0.1");
        assert_eq!(
            of("10.0.0.1", &["198.51.100.7, unknown, 10.2.2.2"]),
            "10.2.2.2"
        );
    }

    #[test]
    fn a_chain_without_end_is_not_walked_to_its_end() {
        let chain = vec!["10.1.1.1"; 1_000].join(",");
        assert_eq!(
            of("10.0.0.1", &[&format!("198.51.100.7,{chain}")]),
            "10.1.1.1"
        );
    }
}
