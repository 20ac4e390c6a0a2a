//! Sessions live as long as they are used, end for good, and never end while somebody uses them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anchorhold_identity::{Begun, Directory as _, NewSession, Reservation, TenantRecord};
use anchorhold_model::{
    Address, IdentityChanges, KeyId, Place, SessionChanges, SessionHandle, SessionId, TenantId,
};
use proptest::prelude::*;

use super::world::{World, actor};
use crate::Error;
use crate::catalogue::Stay;
use crate::registry::Registry as _;

const HOUR: i64 = 3_600_000;
const NEW: NewSession = NewSession {
    drawn: None,
    client: None,
    by: KeyId::from_bytes([5; 16]),
};

fn policy(world: &World, tenant: TenantId, sessions: SessionChanges) {
    let changes = IdentityChanges {
        sessions: Some(sessions),
        ..IdentityChanges::default()
    };
    let admin = world.admin(tenant);
    world.catalogue.identity_change(&admin, changes).unwrap();
}

fn record(world: &World, tenant: TenantId) -> Arc<TenantRecord> {
    world.catalogue.tenant(tenant).unwrap().unwrap()
}

fn begun(world: &World, tenant: TenantId, new: NewSession) -> (SessionId, SessionHandle) {
    match world.catalogue.session_begin(&record(world, tenant), new) {
        Ok(Begun::Session(id, handle)) => (id, handle),
        other => panic!("{other:?}"),
    }
}

fn used(world: &World, tenant: TenantId, id: &SessionId) -> Option<SessionHandle> {
    world
        .catalogue
        .session_use(&record(world, tenant), id)
        .unwrap()
}

fn swept(world: &World, tenant: TenantId) -> usize {
    world.catalogue.remove_sessions_over(tenant).unwrap().0
}

fn place(tenant: TenantId, handle: SessionHandle) -> Address {
    let place = Place::Session(handle);
    Address { tenant, place }
}

/// Keeps something in a session.
fn fill(world: &World, address: &Address) -> Result<anchorhold_model::NamespaceId, Error> {
    let reservation = world.catalogue.reserve(address).unwrap();
    let Reservation::Reserved(namespace, _promise) = reservation else {
        panic!("{reservation:?}");
    };
    let someone = actor(address.tenant, None);
    world.catalogue.materialise(address, namespace, &someone)?;
    Ok(namespace)
}

#[test]
fn a_session_lives_for_as_long_after_its_last_use_as_its_tenant_says() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (id, handle) = begun(&world, tenant, NEW);
    world.pass(24 * HOUR - 60_000);
    assert_eq!(used(&world, tenant, &id), Some(handle));
    world.pass(24 * HOUR - 1);
    assert_eq!(used(&world, tenant, &id), Some(handle));
    world.pass(24 * HOUR);
    assert_eq!(used(&world, tenant, &id), None);
    // What is over does not come back, whatever the tenant says later.
    assert_eq!(swept(&world, tenant), 1);
    policy(
        &world,
        tenant,
        SessionChanges {
            idle_seconds: Some(1_000_000),
            ..SessionChanges::default()
        },
    );
    assert_eq!(used(&world, tenant, &id), None);
}

#[test]
fn to_look_at_a_session_is_not_to_use_it() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (id, handle) = begun(&world, tenant, NEW);
    for _ in 0..23 {
        world.pass(HOUR);
        let seen = world.catalogue.session(&record(&world, tenant), &id);
        assert_eq!(seen, Ok(Some(handle)));
    }
    world.pass(HOUR);
    assert_eq!(used(&world, tenant, &id), None);
}

#[test]
fn an_id_leads_into_a_session_of_its_own_tenant_alone() {
    let world = World::new();
    let (acme, other) = (world.tenant("acme"), world.tenant("other"));
    let (id, handle) = begun(&world, acme, NEW);
    assert_eq!(used(&world, other, &id), None);
    assert_eq!(
        world
            .catalogue
            .remove_session(other, Stay::Session(handle), false)
            .unwrap(),
        None
    );
    assert_eq!(used(&world, acme, &id), Some(handle));
}

#[test]
fn uses_that_were_written_down_outlive_the_process() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (id, handle) = begun(&world, tenant, NEW);
    world.pass(20 * HOUR);
    assert_eq!(used(&world, tenant, &id), Some(handle));
    assert_eq!(world.catalogue.keep_session_uses().unwrap(), 1);
    assert_eq!(world.catalogue.keep_session_uses().unwrap(), 0);
    let world = world.reopened();
    world.pass(20 * HOUR);
    assert_eq!(used(&world, tenant, &id), Some(handle));
}

#[test]
fn what_is_kept_in_a_session_goes_with_it_and_a_write_under_way_comes_to_nothing() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (id, handle) = begun(&world, tenant, NEW);
    let namespace = fill(&world, &place(tenant, handle)).unwrap();
    let (_, empty) = begun(&world, tenant, NEW);
    let reservation = world.catalogue.reserve(&place(tenant, empty)).unwrap();
    let Reservation::Reserved(promised, _promise) = reservation else {
        panic!("{reservation:?}");
    };
    let gone = world
        .catalogue
        .remove_session(tenant, Stay::Session(handle), false)
        .unwrap();
    assert_eq!(gone, Some(vec![namespace]));
    assert_eq!(used(&world, tenant, &id), None);
    assert!(!world.catalogue.is_living(namespace).unwrap());
    assert!(world.catalogue.tombstones().unwrap().contains(&namespace));
    assert_eq!(
        world
            .catalogue
            .remove_session(tenant, Stay::Session(handle), false)
            .unwrap(),
        None
    );
    world
        .catalogue
        .remove_session(tenant, Stay::Session(empty), false)
        .unwrap();
    let late = world
        .catalogue
        .materialise(&place(tenant, empty), promised, &actor(tenant, None));
    assert!(matches!(late, Err(Error::Void)), "{late:?}");
    // Nor does one whose place is reserved only after the end.
    let later = fill(&world, &place(tenant, empty));
    assert!(matches!(later, Err(Error::Void)), "{later:?}");
}

#[test]
fn an_id_that_a_client_drew_begins_anew_and_empty_when_its_session_is_over() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let drawn = NewSession {
        drawn: SessionId::parse("0b9f3c52-8d1e-4c7a-9f00-1234567890ab"),
        ..NEW
    };
    let (id, first) = begun(&world, tenant, drawn);
    assert_eq!(begun(&world, tenant, drawn), (id, first));
    let namespace = fill(&world, &place(tenant, first)).unwrap();
    world.pass(25 * HOUR);
    let (again, second) = begun(&world, tenant, drawn);
    assert_eq!(again, id);
    assert_ne!(second, first);
    assert_eq!(used(&world, tenant, &id), Some(second));
    assert_eq!(
        world.catalogue.incarnation(&place(tenant, second)),
        Ok(None)
    );
    // What was kept before goes with the sweep, and the new session stays.
    let (sessions, kept) = world.catalogue.remove_sessions_over(tenant).unwrap();
    assert_eq!((sessions, kept), (1, vec![namespace]));
    // What was put aside was counted as long as it stood.
    let one = SessionChanges {
        live_max: Some(1),
        ..SessionChanges::default()
    };
    policy(&world, tenant, one);
    let full = world.catalogue.session_begin(&record(&world, tenant), NEW);
    assert!(matches!(full, Ok(Begun::Full { .. })), "{full:?}");
    assert_eq!(used(&world, tenant, &id), Some(second));
}

#[test]
fn no_more_sessions_live_than_may_and_ends_make_room() {
    let world = World::new();
    let (tenant, other) = (world.tenant("acme"), world.tenant("other"));
    policy(
        &world,
        tenant,
        SessionChanges {
            live_max: Some(2),
            ..SessionChanges::default()
        },
    );
    let (_, first) = begun(&world, tenant, NEW);
    begun(&world, tenant, NEW);
    let full = world.catalogue.session_begin(&record(&world, tenant), NEW);
    assert!(matches!(full, Ok(Begun::Full { .. })), "{full:?}");
    begun(&world, other, NEW);
    world
        .catalogue
        .remove_session(tenant, Stay::Session(first), false)
        .unwrap();
    begun(&world, tenant, NEW);
    let world = world.reopened();
    let full = world.catalogue.session_begin(&record(&world, tenant), NEW);
    assert!(matches!(full, Ok(Begun::Full { .. })), "{full:?}");
}

#[test]
fn a_commit_that_failed_ends_nothing() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (id, handle) = begun(&world, tenant, NEW);
    world.catalogue.desk().unwrap().rows.fail_next_commit = true;
    assert!(
        world
            .catalogue
            .remove_session(tenant, Stay::Session(handle), false)
            .is_err()
    );
    assert_eq!(used(&world, tenant, &id), Some(handle));
    world
        .catalogue
        .remove_session(tenant, Stay::Session(handle), false)
        .unwrap();
    assert_eq!(used(&world, tenant, &id), None);
}

/// What happens to a few sessions, in an order that chance decides.
#[derive(Clone, Copy, Debug)]
enum Step {
    Begin,
    Use(usize),
    Look(usize),
    End(usize),
    Sweep,
    Keep,
    Wait(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Begin),
        (0_usize..6).prop_map(Step::Use),
        (0_usize..6).prop_map(Step::Look),
        (0_usize..6).prop_map(Step::End),
        Just(Step::Sweep),
        Just(Step::Keep),
        (1_u8..14).prop_map(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn sessions_live_and_end_as_a_map_of_last_uses_says(steps in prop::collection::vec(step(), 1..60)) {
        let world = World::new();
        let tenant = world.tenant("acme");
        let mut now = 0_i64;
        let mut begun_ids = Vec::new();
        // By id: when it was used last. What ended is not in it.
        let mut model: BTreeMap<SessionId, i64> = BTreeMap::new();
        for step in steps {
            let lives = |model: &BTreeMap<SessionId, i64>, id: &SessionId, now: i64| {
                model.get(id).is_some_and(|used| now - used < 24)
            };
            match step {
                Step::Begin => {
                    let (id, handle) = begun(&world, tenant, NEW);
                    begun_ids.push((id, handle));
                    model.insert(id, now);
                }
                Step::Use(number) | Step::Look(number) => {
                    let Some((id, handle)) = begun_ids.get(number) else { continue };
                    let expected = lives(&model, id, now).then_some(*handle);
                    if matches!(step, Step::Use(_)) {
                        prop_assert_eq!(used(&world, tenant, id), expected);
                        if expected.is_some() {
                            model.insert(*id, now);
                        }
                    } else {
                        let seen = world.catalogue.session(&record(&world, tenant), id);
                        prop_assert_eq!(seen, Ok(expected));
                    }
                }
                Step::End(number) => {
                    let Some((id, handle)) = begun_ids.get(number) else { continue };
                    let ended = world.catalogue.remove_session(tenant, Stay::Session(*handle), false).unwrap();
                    prop_assert_eq!(ended.is_some(), model.remove(id).is_some());
                }
                Step::Sweep => {
                    let before = model.len();
                    model.retain(|_, used| now - *used < 24);
                    prop_assert_eq!(swept(&world, tenant), before - model.len());
                }
                Step::Keep => {
                    world.catalogue.keep_session_uses().unwrap();
                }
                Step::Wait(hours) => {
                    now += i64::from(hours);
                    world.pass(i64::from(hours) * HOUR);
                }
            }
            let listed = world.catalogue.session_list(&world.admin(tenant), 100).unwrap();
            let living = model.keys().filter(|id| lives(&model, id, now)).count();
            prop_assert_eq!(listed.len(), living);
        }
    }
}

/// Users use a session just before it would be over while sweepers sweep: whoever was let in finds the
/// session alive, and its namespace too.
#[test]
fn a6_a_session_that_is_used_is_never_swept_under_the_hands_of_its_user() {
    let world = World::new();
    let tenant = world.tenant("acme");
    for round in 0..40 {
        let (id, handle) = begun(&world, tenant, NEW);
        let namespace = fill(&world, &place(tenant, handle)).unwrap();
        world.pass(24 * HOUR - 5);
        let stop = AtomicBool::new(false);
        let outcome = std::thread::scope(|threads| {
            let sweeper = threads.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    swept(&world, tenant);
                    world.catalogue.keep_session_uses().unwrap();
                }
            });
            let ticker = threads.spawn(|| (0..10).for_each(|_| world.pass(1)));
            let users: Vec<_> = (0..2)
                .map(|_| threads.spawn(|| used(&world, tenant, &id)))
                .collect();
            let uses: Vec<_> = users.into_iter().map(|user| user.join().unwrap()).collect();
            ticker.join().unwrap();
            stop.store(true, Ordering::SeqCst);
            sweeper.join().unwrap();
            uses
        });
        // Whatever is over and was not come by yet goes now.
        swept(&world, tenant);
        let was_used = outcome.iter().any(Option::is_some);
        let lives = used(&world, tenant, &id) == Some(handle);
        assert_eq!(lives, was_used, "round {round}: {outcome:?}");
        assert_eq!(world.catalogue.is_living(namespace).unwrap(), was_used);
        world
            .catalogue
            .remove_session(tenant, Stay::Session(handle), false)
            .unwrap();
    }
}
