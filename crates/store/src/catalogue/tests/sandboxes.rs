//! Sandboxes in the catalogue: whose they are, how many there may be, and how they end.

use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_identity::{
    BegunSandbox, Claim, Directory as _, Reservation, Source, TenantRecord, ToldApart,
};
use anchorhold_model::{
    Address, IdentityChanges, KeyId, Place, QuarantineChanges, SandboxHandle, SessionId, TenantId,
};
use proptest::prelude::*;

use super::world::{World, actor, user};
use crate::catalogue::Stay;
use crate::registry::Registry as _;
use crate::{Error, NewKey};

const DAY: i64 = 86_400_000;

fn record(world: &World, tenant: TenantId) -> Arc<TenantRecord> {
    world.catalogue.tenant(tenant).unwrap().unwrap()
}

fn claim(by: u8, who: Option<&str>, told_apart: ToldApart) -> Claim {
    Claim {
        by: KeyId::from_bytes([by; 16]),
        said: who.map(|who| (Source::UserHeader, user(who))),
        told_apart,
    }
}

fn begun(world: &World, tenant: TenantId, claim: &Claim) -> (SandboxHandle, Option<SessionId>) {
    let record = record(world, tenant);
    match world.catalogue.sandbox_begin(&record, claim, None) {
        Ok(BegunSandbox::Sandbox(handle, token)) => (handle, token),
        other => panic!("{other:?}"),
    }
}

fn found(world: &World, tenant: TenantId, claim: &Claim) -> Option<SandboxHandle> {
    let record = record(world, tenant);
    world.catalogue.sandbox(&record, claim, true).unwrap()
}

fn keep(world: &World, tenant: TenantId, sandbox: SandboxHandle) -> Result<Address, Error> {
    let place = Place::Quarantine(sandbox);
    let address = Address { tenant, place };
    match world.catalogue.reserve(&address).unwrap() {
        Reservation::Existing(_) => Ok(address),
        Reservation::Reserved(namespace, _promise) => {
            let actor = actor(tenant, None);
            let kept = world.catalogue.materialise(&address, namespace, &actor);
            kept.map(|()| address)
        }
    }
}

fn set(world: &World, tenant: TenantId, quarantine: QuarantineChanges) {
    let changes = IdentityChanges {
        quarantine: Some(quarantine),
        ..IdentityChanges::default()
    };
    let admin = world.admin(tenant);
    world.catalogue.identity_change(&admin, changes).unwrap();
}

#[test]
fn claims_that_differ_in_anything_never_meet() {
    let world = World::new();
    let (acme, other) = (world.tenant("acme"), world.tenant("other"));
    let by_sender = |by, who| claim(by, who, ToldApart::BySender);
    let by_token = |by, who, token| claim(by, who, ToldApart::ByToken(token));
    let (alice, none) = begun(&world, acme, &by_sender(1, Some("alice")));
    assert_eq!(none, None);
    let (claimed, token) = begun(&world, acme, &by_token(1, Some("alice"), None));
    let (nobody, nobodys) = begun(&world, acme, &by_token(1, None, None));
    assert!(alice != claimed && claimed != nobody && token != nobodys);
    let world = world.reopened();
    assert_eq!(
        found(&world, acme, &by_sender(1, Some("alice"))),
        Some(alice)
    );
    assert_eq!(
        found(&world, acme, &by_token(1, Some("alice"), token)),
        Some(claimed)
    );
    assert_eq!(
        found(&world, acme, &by_token(1, None, nobodys)),
        Some(nobody)
    );
    for foreign in [
        by_sender(2, Some("alice")),
        by_sender(1, Some("bob")),
        by_sender(1, None),
        by_token(2, Some("alice"), token),
        by_token(1, Some("bob"), token),
        by_token(1, None, token),
        by_token(1, Some("alice"), nobodys),
        by_token(1, Some("alice"), None),
    ] {
        assert_eq!(found(&world, acme, &foreign), None, "{foreign:?}");
    }
    for own in [
        by_sender(1, Some("alice")),
        by_token(1, Some("alice"), token),
    ] {
        assert_eq!(found(&world, other, &own), None);
    }
    // Whoever comes twice at once is in one.
    assert_eq!(
        begun(&world, acme, &by_sender(1, Some("alice"))),
        (alice, None)
    );
    // What leads nowhere is never taken over.
    let drawn = SessionId::from_bytes([7; 16]);
    assert_ne!(
        begun(&world, acme, &by_token(1, None, Some(drawn))).1,
        Some(drawn)
    );
}

#[test]
fn a_sandbox_is_over_after_its_time_and_goes_with_what_is_kept_in_it() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = claim(1, Some("alice"), ToldApart::BySender);
    let (sandbox, _) = begun(&world, tenant, &alice);
    let address = keep(&world, tenant, sandbox).unwrap();
    world.pass(7 * DAY - 1);
    assert_eq!(found(&world, tenant, &alice), Some(sandbox));
    world.pass(7 * DAY);
    assert_eq!(found(&world, tenant, &alice), None);
    assert_eq!(world.catalogue.keep_session_uses().unwrap(), 1);
    assert_eq!(world.catalogue.sessions_due(tenant).unwrap(), 1);
    let (ended, kept) = world.catalogue.remove_sessions_over(tenant).unwrap();
    assert_eq!((ended, kept.len()), (1, 1));
    assert_eq!(world.catalogue.incarnation(&address).unwrap(), None);
    assert!(matches!(keep(&world, tenant, sandbox), Err(Error::Void)));
    assert!(!world.catalogue.sandbox_stands(tenant, sandbox).unwrap());
    assert_ne!(begun(&world, tenant, &alice).0, sandbox);
}

#[test]
fn there_are_as_many_as_a_tenant_may_have_and_peers_get_as_many_as_they_may() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let changes = QuarantineChanges {
        live_max: Some(3),
        new_per_minute: Some(4),
        ..QuarantineChanges::default()
    };
    set(&world, tenant, changes);
    let peer: Option<IpAddr> = "192.0.2.7".parse().ok();
    let begin = |who: usize, peer| {
        let who = claim(1, Some(&format!("user-{who}")), ToldApart::BySender);
        let begun = world
            .catalogue
            .sandbox_begin(&record(&world, tenant), &who, peer);
        matches!(begun, Ok(BegunSandbox::Sandbox(..)))
    };
    let begun: Vec<bool> = (0..5).map(|who| begin(who, peer)).collect();
    assert_eq!(begun, [true, true, true, false, false]);
    // Sessions are counted by themselves.
    let sessions = anchorhold_identity::NewSession {
        drawn: None,
        client: peer,
        by: KeyId::from_bytes([1; 16]),
    };
    assert!(
        world
            .catalogue
            .session_begin(&record(&world, tenant), sessions)
            .is_ok()
    );
    world.pass(8 * DAY);
    world.catalogue.remove_sessions_over(tenant).unwrap();
    world.catalogue.remove_sessions_over(tenant).unwrap();
    let begun: Vec<bool> = (5..9).map(|who| begin(who, peer)).collect();
    assert_eq!(begun, [true, true, true, false]);
}

#[test]
fn sandboxes_are_listed_with_their_claims_for_their_own_tenant() {
    let world = World::new();
    let (acme, other) = (world.tenant("acme"), world.tenant("other"));
    let (asserted, _) = begun(&world, acme, &claim(1, Some("alice"), ToldApart::BySender));
    world.pass(1);
    let (nobody, _) = begun(&world, acme, &claim(2, None, ToldApart::ByToken(None)));
    keep(&world, acme, nobody).unwrap();
    let admin = world.admin(acme);
    let list = world.catalogue.sandbox_list(&admin, 9).unwrap();
    let [first, second] = &list[..] else {
        panic!("{list:?}")
    };
    assert_eq!((first.handle, second.handle), (nobody, asserted));
    assert_eq!((&first.claim, &second.claim), (&None, &Some(user("alice"))));
    assert_eq!((first.is_asserted, second.is_asserted), (false, true));
    assert_eq!(second.source.as_deref(), Some("x-anchorhold-user"));
    assert_eq!(second.by, KeyId::from_bytes([1; 16]));
    assert!(first.namespace.is_some() && second.namespace.is_none());
    assert_eq!(world.catalogue.sandbox_get(&admin, nobody).unwrap(), *first);
    let stranger = world.admin(other);
    assert!(
        world
            .catalogue
            .sandbox_list(&stranger, 9)
            .unwrap()
            .is_empty()
    );
    let got = world.catalogue.sandbox_get(&stranger, nobody);
    assert!(matches!(got, Err(Error::NotFound)));
    assert!(!world.catalogue.sandbox_stands(other, nobody).unwrap());
    let ended = world
        .catalogue
        .remove_session(other, Stay::Sandbox(nobody), false);
    assert_eq!(ended.unwrap(), None);
    let (token, _) = world.key(acme, NewKey::default());
    assert!(world.caller(&token.reveal()).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_list_that_is_cut_does_not_tell_which_uses_were_written_down(
        uses in prop::collection::vec((0_u8..4, any::<bool>()), 1..12),
        limit in 1_usize..4,
    ) {
        let world = World::new();
        let acme = world.tenant("acme");
        let claims = [1, 2, 3, 4].map(|by| claim(by, Some("alice"), ToldApart::BySender));
        let mut order = Vec::new();
        for claim in &claims {
            world.pass(1_000);
            order.insert(0, begun(&world, acme, claim).0);
        }
        for (number, is_written_down) in uses {
            world.pass(1_000);
            let used = found(&world, acme, &claims[usize::from(number)]).unwrap();
            order.retain(|sandbox| *sandbox != used);
            order.insert(0, used);
            if is_written_down {
                world.catalogue.keep_session_uses().unwrap();
            }
        }
        let listed = world.catalogue.sandbox_list(&world.admin(acme), limit).unwrap();
        let listed: Vec<_> = listed.iter().map(|sandbox| sandbox.handle).collect();
        prop_assert_eq!(&listed, &order[..limit]);
    }
}

#[test]
fn what_is_decided_is_used_no_more_and_goes_to_nobody_else() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let admin = world.admin(tenant);
    let who = claim(1, Some("mallory"), ToldApart::BySender);
    let (sandbox, _) = begun(&world, tenant, &who);
    let address = keep(&world, tenant, sandbox).unwrap();
    let namespace = world.catalogue.incarnation(&address).unwrap().unwrap();
    let decide = |world: &World, user: Option<&anchorhold_model::User>| {
        world.catalogue.sandbox_decide(&admin, sandbox, user)
    };
    let (alice, bob) = (user("alice"), user("bob"));
    assert!(decide(&world, Some(&alice)).unwrap());
    assert!(world.catalogue.is_frozen(namespace));
    assert_eq!(found(&world, tenant, &who), None);
    assert!(matches!(decide(&world, Some(&bob)), Err(Error::Linked)));
    assert!(!decide(&world, Some(&alice)).unwrap());
    // Whoever goes on under that name begins anew, and takes nothing from who got it.
    let (next, _) = begun(&world, tenant, &who);
    assert_ne!(next, sandbox);
    let world = world.reopened();
    assert_eq!(found(&world, tenant, &who), Some(next));
    let record = world.catalogue.sandbox_get(&admin, sandbox).unwrap();
    assert_eq!(
        (record.approved_for, record.namespace),
        (Some(alice), Some(namespace))
    );
    let remove = |is_approved| {
        let stay = Stay::Sandbox(sandbox);
        world.catalogue.remove_session(tenant, stay, is_approved)
    };
    assert!(matches!(remove(false), Err(Error::Linked)));
    assert_eq!(remove(true).unwrap(), Some(vec![namespace]));
    assert!(!world.catalogue.is_frozen(namespace));
    assert_eq!(found(&world, tenant, &who), Some(next));
}

#[test]
fn to_erase_a_user_is_to_erase_what_was_kept_under_their_names() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let admin = world.admin(tenant);
    let claims = [
        claim(1, Some("alice"), ToldApart::BySender),
        claim(1, Some("phone"), ToldApart::BySender),
        claim(1, Some("bob"), ToldApart::BySender),
    ];
    let kept = claims.each_ref().map(|who| {
        let (sandbox, _) = begun(&world, tenant, who);
        keep(&world, tenant, sandbox).unwrap()
    });
    let alice = world.catalogue.user_create(&admin, &user("alice"), None);
    let alice = alice.unwrap().0.handle;
    world
        .catalogue
        .user_link(&admin, alice, &user("phone"))
        .unwrap();
    let removed = world.catalogue.remove_user(tenant, &user("alice")).unwrap();
    assert_eq!(removed.unwrap().namespaces.len(), 2);
    let world = world.reopened();
    for (position, (who, address)) in claims.iter().zip(&kept).enumerate() {
        let is_bobs = position == 2;
        assert_eq!(found(&world, tenant, who).is_some(), is_bobs);
        let living = world.catalogue.incarnation(address).unwrap();
        assert_eq!(living.is_some(), is_bobs);
    }
}
