//! Where another house may lie: never at an address inside this one, unless that was configured.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// At which addresses somebody is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At those of the open network alone.
    Public,
    /// At those that are not of the open network alone.
    Private,
    /// On this machine alone.
    Loopback,
}

impl Reach {
    /// Where somebody of the configuration is looked for: at private addresses alone, or at public ones alone.
    pub fn of(private: bool) -> Self {
        if private { Self::Private } else { Self::Public }
    }

    /// Whether somebody may be looked for at this address.
    pub fn holds(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Private => !is_public(address),
            Self::Loopback => address.is_loopback(),
        }
    }
}

/// The name leads to an address at which nobody is looked for.
#[derive(Debug)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name leads to an address that is not reached")
    }
}

impl std::error::Error for Refused {}

/// Whether a host, as a URL names it, is an address of this machine: one that no name server answers
/// for.
pub fn is_loopback(host: &str) -> bool {
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let address: Result<IpAddr, _> = inner.unwrap_or(host).parse();
    address.is_ok_and(|address| address.is_loopback())
}

/// The address of a service that speaks as OpenAI's API does, below which its routes lie, such as
/// `https://10.0.0.7:8080/v1`; without a slash at its end.
///
/// # Errors
/// What is wrong with it.
pub fn base(url: &str, private: bool) -> Result<Uri, &'static str> {
    let written = url.trim_end_matches('/');
    let base: Uri = written.parse().map_err(|_| "the url is no URL")?;
    match base.scheme_str() {
        Some("https") => {}
        Some("http") if private => {}
        Some("http") => {
            return Err("texts go unencrypted to private addresses alone; say private = true");
        }
        _ => return Err("the url must begin with https:// or http://"),
    }
    match base.authority() {
        None => Err("the url names no host"),
        Some(authority) if authority.as_str().contains('@') => {
            Err("the url must not hold a user or a password; the key has its own place")
        }
        Some(_) if base.query().is_some() => Err("the url must not hold a query"),
        Some(_) => Ok(base),
    }
}

/// Finds addresses, and gives only those that may be connected to. The connection goes to exactly
/// what was checked, so a name that means something else a moment later changes nothing.
#[derive(Debug)]
pub struct Guarded {
    inner: DefaultResolver,
    reach: Reach,
}

impl Guarded {
    /// Finds addresses of this reach.
    pub fn new(reach: Reach) -> Self {
        Self {
            inner: DefaultResolver::default(),
            reach,
        }
    }
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        // One address of another sort among many is a name that somebody plays with.
        if found.iter().all(|address| self.reach.holds(address.ip())) {
            return Ok(found);
        }
        Err(ureq::Error::Other(Box::new(Refused)))
    }
}

/// Whether an address is one of the open network.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _)
    );
    !(special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

/// Only what is given out to the open network (2000::/3), without what stands for an address of
/// version 4 or for documents.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let given_out = (0x2000..0x4000).contains(&first);
    let special = first == 0x2002 || (first == 0x2001 && (second < 0x200 || second == 0xdb8));
    given_out && !special && first != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::{base, is_loopback, is_public};

    #[test]
    fn no_address_inside_the_house_is_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "fe80::1",
            "fc00::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in [
            "8.8.8.8",
            "1.1.1.1",
            "172.32.0.1",
            "2606:4700::1111",
            "2a00::1",
        ] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn texts_go_unencrypted_to_private_addresses_alone() {
        assert!(base("http://127.0.0.1:1/v1", true).is_ok());
        assert!(base("https://host/v1", true).is_ok());
        assert!(base("https://host/v1/", false).is_ok());
        for refused in ["ftp://host", "host", "http://u:p@host", "http://host/?a=b"] {
            assert!(base(refused, true).is_err(), "{refused}");
        }
        assert!(base("http://host/v1", false).is_err());
    }

    #[test]
    fn this_machine_is_an_address_and_never_a_name() {
        for own in ["127.0.0.1", "127.8.7.6", "[::1]"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in [
            "localhost",
            "127.0.0.1.example",
            "10.0.0.1",
            "[::2]",
            "0.0.0.0",
            "127.1",
            "",
        ] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
