//! Presets: what a start demands, and what the tenant of a first start is given, in one word. A tenant
//! that exists stays as it is.

use anchorhold_model::{ClientIds, SessionChanges, TenantPolicy, TrustMode};
use serde::Deserialize;

use crate::exit::Error;

/// For whom a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Preset {
    /// The programs of one machine.
    Local,
    /// People who know each other, on a network.
    Team,
    /// Everybody.
    Public,
}

/// How a server can be reached.
#[derive(Clone, Copy)]
pub(super) struct Exposure {
    /// Other machines reach a listener.
    pub(super) is_reached: bool,
    /// The listeners speak TLS.
    pub(super) has_tls: bool,
    /// Proxies that end TLS are named.
    pub(super) has_proxies: bool,
    /// It was said that other machines are to reach it.
    pub(super) allow_network: bool,
}

impl Preset {
    /// The words, for messages.
    pub(super) const WORDS: &str = "local, team or public";

    /// What the tenant of a first start demands.
    pub(crate) fn policy(self) -> TenantPolicy {
        TenantPolicy {
            trust_mode: match self {
                Self::Local | Self::Team => TrustMode::Required,
                Self::Public => TrustMode::Strict,
            },
            ..TenantPolicy::default()
        }
    }

    /// How its sessions live.
    pub(crate) fn sessions(self) -> SessionChanges {
        let client_ids = match self {
            Self::Local => ClientIds::Adopt,
            Self::Team | Self::Public => ClientIds::Reissue,
        };
        SessionChanges {
            client_ids: Some(client_ids),
            ..SessionChanges::default()
        }
    }
}

/// Refuses what cannot be meant: to be reached in ways that the preset rules out, or without TLS where
/// nothing was said of it.
pub(super) fn check(preset: Option<Preset>, exposure: Exposure) -> Result<(), Error> {
    let Exposure {
        is_reached,
        has_tls,
        has_proxies,
        allow_network,
    } = exposure;
    let is_safe = has_tls || has_proxies;
    let refusal = match preset {
        Some(Preset::Local) if is_reached && !allow_network => {
            "preset local is for this machine: listen on loopback, take preset team or public, or say \
             --allow-network"
        }
        Some(Preset::Team) if is_reached && !is_safe => {
            "preset team has keys come encrypted from other machines: give --tls-certificate and \
             --tls-key, or name the proxy that ends TLS with --plain-http-from"
        }
        Some(Preset::Public) if !is_safe => {
            "preset public has every key come encrypted: give --tls-certificate and --tls-key, or name \
             the proxy that ends TLS with --plain-http-from (127.0.0.1 for one on this machine)"
        }
        None | Some(Preset::Local) if is_reached && !has_tls && !allow_network => {
            "a listener is reachable from other machines, and keys would travel there unencrypted; give \
             --tls-certificate and --tls-key, listen on 127.0.0.1 behind a proxy with TLS, or say \
             --allow-network, and --plain-http-from for a proxy on another machine"
        }
        _ => return Ok(()),
    };
    Err(Error::Configuration(refusal.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESETS: [Option<Preset>; 4] = [
        None,
        Some(Preset::Local),
        Some(Preset::Team),
        Some(Preset::Public),
    ];

    fn every_exposure() -> impl Iterator<Item = Exposure> {
        (0..16_u8).map(|bits| Exposure {
            is_reached: bits & 1 > 0,
            has_tls: bits & 2 > 0,
            has_proxies: bits & 4 > 0,
            allow_network: bits & 8 > 0,
        })
    }

    #[test]
    fn every_preset_takes_what_its_table_says_and_nothing_else() {
        for exposure in every_exposure() {
            let Exposure {
                is_reached,
                has_tls,
                has_proxies,
                allow_network,
            } = exposure;
            let is_safe = has_tls || has_proxies;
            for preset in PRESETS {
                let expected = match preset {
                    None => !is_reached || has_tls || allow_network,
                    Some(Preset::Local) => !is_reached || allow_network,
                    Some(Preset::Team) => !is_reached || is_safe,
                    Some(Preset::Public) => is_safe,
                };
                assert_eq!(check(preset, exposure).is_ok(), expected, "{preset:?}");
            }
        }
    }

    #[test]
    fn the_more_can_reach_a_server_the_stricter_is_its_first_tenant() {
        let of = [Preset::Local, Preset::Team, Preset::Public].map(Preset::policy);
        let modes = of.each_ref().map(|policy| policy.trust_mode);
        assert!(modes.is_sorted_by(|one, next| next.stricter(*one) == *next));
        assert_eq!(modes[2], TrustMode::Strict);
        assert_eq!(Preset::Local.sessions().client_ids, Some(ClientIds::Adopt));
        for preset in [Preset::Team, Preset::Public] {
            assert_eq!(preset.sessions().client_ids, Some(ClientIds::Reissue));
        }
    }
}
