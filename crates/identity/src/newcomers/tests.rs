//! What one peer may have, and that nobody takes it from another.

use proptest::prelude::*;

use super::*;

const TENANT: TenantId = TenantId::from_bytes([1; 16]);
const OTHER: TenantId = TenantId::from_bytes([2; 16]);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(1_700_000_000_000 + seconds * 1_000)
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_peer_that_had_its_share_waits_as_long_as_it_is_told() {
    let newcomers = Newcomers::default();
    let ask = |peer, seconds| newcomers.admit(TENANT, Some(address(peer)), 2, at(seconds));
    assert_eq!(ask("192.0.2.1", 0), Ok(()));
    assert_eq!(ask("192.0.2.1", 1), Ok(()));
    assert_eq!(ask("192.0.2.1", 10), Err(50));
    assert_eq!(ask("192.0.2.2", 10), Ok(()));
    assert_eq!(ask("192.0.2.1", 59), Err(1));
    assert_eq!(ask("192.0.2.1", 60), Ok(()));
}

#[test]
fn a_peer_has_one_share_in_either_writing_and_in_all_its_network() {
    let newcomers = Newcomers::default();
    let ask = |peer| {
        newcomers
            .admit(TENANT, Some(address(peer)), 1, at(0))
            .is_ok()
    };
    assert!(ask("192.0.2.1"));
    assert!(!ask("::ffff:192.0.2.1"));
    assert!(ask("2001:db8::1"));
    assert!(!ask("2001:db8::ffff:1"));
    assert!(ask("2001:db8:0:1::1"));
}

#[test]
fn a_million_addresses_take_bounded_room_and_nothing_from_another_tenant() {
    let newcomers = Newcomers::default();
    let admitted = (0..1_000_000_u32)
        .filter(|number| {
            let peer = Some(IpAddr::from(number.to_be_bytes()));
            newcomers.admit(TENANT, peer, 1, at(0)).is_ok()
        })
        .count();
    assert_eq!(admitted, PEERS_MAX + 1);
    assert!(newcomers.0.lock().unwrap()[&TENANT].peers.len() <= PEERS_MAX + 1);
    let peer = Some(address("192.0.2.1"));
    assert_eq!(newcomers.admit(OTHER, peer, 1, at(0)), Ok(()));
}

proptest! {
    #[test]
    fn nobody_is_given_more_than_the_share_of_a_window(
        steps in prop::collection::vec((0_i64..30, 0_u8..3), 1..200),
    ) {
        let newcomers = Newcomers::default();
        let mut now = 0;
        let mut given: Vec<(i64, u8)> = Vec::new();
        for (wait, peer) in steps {
            now += wait;
            let asked = newcomers.admit(TENANT, Some(IpAddr::from([0, 0, 0, peer])), 3, at(now));
            match asked {
                Ok(()) => given.push((now, peer)),
                Err(seconds) => prop_assert!((1..=60).contains(&seconds)),
            }
            // Two windows touch any minute.
            let lately = given.iter().filter(|(at, other)| *other == peer && now - at < 60);
            prop_assert!(lately.count() <= 6);
        }
    }
}
