//! What a request reads: what is its own, and beside it what was shared before, for as long as a tenant
//! wants that.

use std::sync::Arc;

use anchorhold_identity::{
    CredentialRecord, Door, IsolationKey, Reading, Reason, enforce_reading, incarnation_of,
};
use anchorhold_model::{
    Address, Isolation, NamespaceId, Origin, Part, Place, SubScopes, Timestamp, TrustMode,
};

use crate::application::hooked;
use crate::jwt;
use crate::world::{NOW, TENANT, World, at, kinds, of_user, plain, user};

const UNTIL: Timestamp = Timestamp::from_milliseconds(2_000_000);
const BEFORE: Timestamp = Timestamp::from_milliseconds(1_999_999);
const ALICE: &[(&str, &str)] = &[("x-anchorhold-user", "alice")];

/// A world in which what is shared is read along, and everything that is asked for is there.
fn reads_along(mut world: World) -> World {
    let tenant = world.tenant.as_mut().map(Arc::make_mut).unwrap();
    tenant.identity.shared_read_until = Some(UNTIL);
    world
        .with(of_user("local", "alice"), 3)
        .with(at(part_of_alice()), 4)
        .with(of_user("jwt:clerk", "alice"), 5)
        .with(at(Place::Shared), 9)
}

fn part_of_alice() -> Place {
    let desk = SubScopes {
        workspace: Part::parse("desk").ok(),
        ..SubScopes::default()
    };
    Place::User(user("local", "alice"), desk)
}

fn of(kind: usize) -> CredentialRecord {
    kinds()[kind].1.clone()
}

fn read(world: &World, lines: &[(&str, &str)], now: Timestamp) -> Result<Reading, Reason> {
    let (caller, verdict) = world.judged(lines).unwrap();
    let reading = enforce_reading(&caller, &verdict, Door::Http, world, now);
    reading.map_err(|denial| denial.reason)
}

/// Where is read, and whether what is shared is read along.
fn places(world: &World, lines: &[(&str, &str)], now: Timestamp) -> (Option<Place>, bool) {
    let reading = read(world, lines, now).unwrap();
    if let Some(beside) = &reading.beside {
        assert_eq!(*beside.address(), at(Place::Shared));
        assert!(beside.actor().subject.is_some());
    }
    let own = reading.own.map(|own| own.address().place.clone());
    (own, reading.beside.is_some())
}

#[test]
fn what_was_shared_is_read_beside_what_is_a_users_own_until_its_time() {
    let world = reads_along(World::usual(of(4)));
    let alice = || Some(of_user("local", "alice").place);
    for in_time in [NOW, BEFORE] {
        assert_eq!(places(&world, ALICE, in_time), (alice(), true));
    }
    for late in [UNTIL, UNTIL.plus_seconds(1)] {
        assert_eq!(places(&world, ALICE, late), (alice(), false));
    }
    // Also by a user of whom nothing is kept yet, and not beside a part of one.
    let bob = [("x-anchorhold-user", "bob")];
    assert_eq!(places(&world, &bob, NOW), (None, true));
    let part = [ALICE[0], ("x-anchorhold-workspace", "desk")];
    assert_eq!(places(&world, &part, NOW), (Some(part_of_alice()), false));
    let never = World::usual(of(4)).with(at(Place::Shared), 9);
    assert_eq!(places(&never, ALICE, NOW), (None, false));
}

#[test]
fn neither_a_page_nor_a_guest_nor_who_is_in_no_place_of_a_user_reads_along() {
    let alice = IsolationKey::user("alice").unwrap();
    let by_application = |key| {
        let world = hooked(TrustMode::Strict, Isolation::User, Some(key));
        places(&reads_along(world), &[], NOW)
    };
    let own = Some(of_user("local", "alice").place);
    assert_eq!(by_application(alice.clone()), (own.clone(), true));
    let guest = alice.on_behalf_of("bob").unwrap();
    assert_eq!(by_application(guest), (own, false));
    let token = format!("Bearer {}", jwt::usual());
    let page = [
        ("origin", "https://app.example"),
        ("authorization", token.as_str()),
    ];
    let of_token = Some(of_user("jwt:clerk", "alice").place);
    for (origins, is_along) in [
        (None, true),
        (Some(vec![Origin::parse(page[0].1).unwrap()]), false),
    ] {
        let credential = CredentialRecord { origins, ..plain() };
        let mut world = reads_along(World::usual(credential));
        world.issuer = Some(jwt::issuer());
        let expected = (of_token.clone(), is_along);
        assert_eq!(places(&world, &page, NOW), expected);
    }
    let shared = World::new(TrustMode::Required, Isolation::None, plain());
    let expected = (Some(Place::Shared), false);
    assert_eq!(places(&reads_along(shared), &[], NOW), expected);
    // A sandbox that has not begun is empty, and nothing is beside it.
    let sandbox = World::new(TrustMode::Quarantine, Isolation::User, plain());
    assert_eq!(places(&reads_along(sandbox), ALICE, NOW), (None, false));
}

#[test]
fn who_may_not_read_reads_nothing_along() {
    let world = reads_along(World::usual(plain()));
    let refused = read(&world, ALICE, NOW).err();
    assert_eq!(refused, Some(Reason::IdentityNotPermitted));
    let mut silent = reads_along(World::usual(of(4)));
    silent.silent_at = Some("incarnation");
    assert_eq!(read(&silent, ALICE, NOW).err(), Some(Reason::Unavailable));
}

#[test]
fn what_lives_at_an_address_is_told_or_that_nobody_could_tell() {
    let mut world = reads_along(World::usual(of(4)));
    let caller = world.caller();
    let living = |world: &World, address: &Address| incarnation_of(&caller, address, world);
    let alice = of_user("local", "alice");
    let id = NamespaceId::from_bytes([3; 16]);
    assert_eq!(living(&world, &alice), Ok(Some(id)));
    assert_eq!(living(&world, &of_user("local", "bob")), Ok(None));
    world.silent_at = Some("incarnation");
    let denial = living(&world, &alice).unwrap_err();
    assert_eq!(
        (denial.reason, denial.tenant),
        (Reason::Unavailable, Some(TENANT))
    );
}
