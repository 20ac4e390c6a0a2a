//! The first write of a user makes exactly one incarnation, and an erase lets none slip past it.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};

use anchorhold_identity::{Directory as _, Reservation};
use anchorhold_model::{Address, NamespaceId};

use super::world::{World, actor, named_address, user, user_address, workspace_address};
use crate::registry::Registry as _;
use crate::{Error, NewKey};

fn reserved(world: &World, address: &Address) -> NamespaceId {
    match world.catalogue.reserve(address).unwrap() {
        // The request that was told of it never ends.
        Reservation::Reserved(namespace, promise) => {
            std::mem::forget(promise);
            namespace
        }
        Reservation::Existing(_) => panic!("it should not exist yet"),
    }
}

fn materialise(world: &World, address: &Address, namespace: NamespaceId) -> Result<(), Error> {
    let someone = actor(address.tenant, Some(user("alice")));
    world.catalogue.materialise(address, namespace, &someone)
}

#[test]
fn a_reservation_stores_nothing_until_the_first_write() {
    let world = World::new();
    let address = user_address(world.tenant("acme"), "alice");
    let namespace = reserved(&world, &address);
    assert_eq!(world.catalogue.incarnation(&address).unwrap(), None);
    assert!(!world.catalogue.is_living(namespace).unwrap());
    assert!(
        !world
            .catalogue
            .standing(address.tenant, &user("alice"))
            .unwrap()
            .is_known
    );
    assert_eq!(reserved(&world, &address), namespace);
    materialise(&world, &address, namespace).unwrap();
    materialise(&world, &address, namespace).unwrap();
    assert_eq!(
        world.catalogue.incarnation(&address).unwrap(),
        Some(namespace)
    );
    let existing = world.catalogue.reserve(&address).unwrap();
    assert_eq!(existing, Reservation::Existing(namespace));
    assert!(
        world
            .catalogue
            .standing(address.tenant, &user("alice"))
            .unwrap()
            .is_known
    );
    let world = world.reopened();
    assert_eq!(
        world.catalogue.incarnation(&address).unwrap(),
        Some(namespace)
    );
    assert!(world.catalogue.is_living(namespace).unwrap());
    let found = world.catalogue.address(address.tenant, namespace).unwrap();
    assert_eq!(found, Some(address));
}

#[test]
fn nobody_materialises_what_was_not_reserved() {
    let world = World::new();
    let address = user_address(world.tenant("acme"), "alice");
    let made_up = NamespaceId::from_bytes([5; 16]);
    assert!(matches!(
        materialise(&world, &address, made_up),
        Err(Error::Void)
    ));
    reserved(&world, &address);
    assert!(matches!(
        materialise(&world, &address, made_up),
        Err(Error::Void)
    ));
    assert!(!world.catalogue.is_living(made_up).unwrap());
}

#[test]
fn first_writers_at_once_meet_in_one_incarnation() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let barrier = Barrier::new(16);
    let mut seen = BTreeSet::new();
    std::thread::scope(|threads| {
        let writers: Vec<_> = (0..16)
            .map(|number| {
                let (world, barrier) = (&world, &barrier);
                threads.spawn(move || {
                    let address = user_address(tenant, &format!("user {}", number % 4));
                    barrier.wait();
                    let reservation = world.catalogue.reserve(&address).unwrap();
                    let namespace = match reservation {
                        Reservation::Reserved(id, _) | Reservation::Existing(id) => id,
                    };
                    materialise(world, &address, namespace).unwrap();
                    namespace
                })
            })
            .collect();
        seen.extend(writers.into_iter().map(|writer| writer.join().unwrap()));
    });
    assert_eq!(seen.len(), 4);
    assert_eq!(world.catalogue.living().unwrap(), seen);
}

#[test]
fn what_one_address_draws_never_moves_the_id_of_another() {
    let quiet = World::new();
    let busy = World::new();
    let address = user_address(quiet.tenant("acme"), "alice");
    busy.tenant("acme");
    let rival = busy.tenant("rival");
    for number in 0..20 {
        reserved(&busy, &user_address(rival, &format!("user {number}")));
    }
    assert_eq!(reserved(&quiet, &address), reserved(&busy, &address));
}

#[test]
fn an_erase_takes_the_subtree_and_the_keys_and_nothing_else() {
    let world = World::new();
    let (acme, rival) = (world.tenant("acme"), world.tenant("rival"));
    let hers = [
        user_address(acme, "alice"),
        workspace_address(acme, "alice", "work"),
        workspace_address(acme, "alice", "home"),
    ];
    let others = [
        user_address(acme, "bob"),
        user_address(rival, "alice"),
        workspace_address(acme, "bob", "work"),
    ];
    let mut ids = BTreeSet::new();
    for address in hers.iter().chain(&others) {
        let namespace = reserved(&world, address);
        materialise(&world, address, namespace).unwrap();
        if hers.contains(address) {
            ids.insert(namespace);
        }
    }
    let bound = |name: &str, tenant| {
        let user = Some(user(name).id);
        world.key(
            tenant,
            NewKey {
                user,
                ..NewKey::default()
            },
        )
    };
    let (her_token, her_key) = bound("alice", acme);
    let (his_token, _) = bound("bob", acme);
    let (other_token, _) = bound("alice", rival);
    let removed = world
        .catalogue
        .remove_user(acme, &user("alice"))
        .unwrap()
        .unwrap();
    assert_eq!(
        removed.namespaces.iter().copied().collect::<BTreeSet<_>>(),
        ids
    );
    assert_eq!(removed.keys, [her_key.key]);
    let world = world.reopened();
    assert!(world.caller(&her_token.reveal()).is_none());
    assert!(world.caller(&his_token.reveal()).is_some());
    assert!(world.caller(&other_token.reveal()).is_some());
    for address in &hers {
        assert_eq!(world.catalogue.incarnation(address).unwrap(), None);
    }
    for address in &others {
        assert!(world.catalogue.incarnation(address).unwrap().is_some());
    }
    assert!(
        !world
            .catalogue
            .standing(acme, &user("alice"))
            .unwrap()
            .is_known
    );
    assert_eq!(
        world.catalogue.remove_user(acme, &user("alice")).unwrap(),
        None
    );
}

#[test]
fn an_erase_voids_what_was_reserved_before_it() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let main = user_address(tenant, "alice");
    let work = workspace_address(tenant, "alice", "work");
    let namespace = reserved(&world, &main);
    materialise(&world, &main, namespace).unwrap();
    let late = reserved(&world, &work);
    world
        .catalogue
        .remove_user(tenant, &user("alice"))
        .unwrap()
        .unwrap();
    assert!(matches!(materialise(&world, &work, late), Err(Error::Void)));
    assert!(matches!(
        materialise(&world, &main, namespace),
        Err(Error::Void)
    ));
    let next = reserved(&world, &main);
    assert_ne!(next, namespace);
    materialise(&world, &main, next).unwrap();
}

#[test]
fn an_erase_among_first_writers_leaves_no_incarnation_of_before() {
    for round in 0..20 {
        let world = World::new();
        let tenant = world.tenant("acme");
        let addresses: Vec<_> = (0..4)
            .map(|number| workspace_address(tenant, "alice", &format!("{round}-{number}")))
            .collect();
        let ids: Vec<_> = addresses
            .iter()
            .map(|address| reserved(&world, address))
            .collect();
        let barrier = Barrier::new(5);
        std::thread::scope(|threads| {
            for (address, id) in addresses.iter().zip(&ids) {
                let (world, barrier) = (&world, &barrier);
                threads.spawn(move || {
                    barrier.wait();
                    let made = materialise(world, address, *id);
                    assert!(matches!(made, Ok(()) | Err(Error::Void)));
                });
            }
            barrier.wait();
            world.catalogue.remove_user(tenant, &user("alice")).unwrap();
        });
        // Whoever came before the erase was taken by it, whoever came after was refused.
        assert_eq!(world.catalogue.living().unwrap(), BTreeSet::new());
        let known = world
            .catalogue
            .standing(tenant, &user("alice"))
            .unwrap()
            .is_known;
        assert!(!known);
    }
}

#[test]
fn a_pseudonym_is_one_per_user_and_dies_with_the_user() {
    let world = World::new();
    let (acme, rival) = (world.tenant("acme"), world.tenant("rival"));
    let pseudonym =
        |world: &World, tenant, name: &str| world.catalogue.pseudonym(tenant, &user(name)).unwrap();
    let before = pseudonym(&world, acme, "alice");
    assert_eq!(pseudonym(&world, acme, "alice"), before);
    assert_ne!(pseudonym(&world, acme, "bob"), before);
    assert_ne!(pseudonym(&world, rival, "alice"), before);
    let address = user_address(acme, "alice");
    let namespace = reserved(&world, &address);
    materialise(&world, &address, namespace).unwrap();
    // The pseudonym of the time before the first write is kept by the row.
    assert_eq!(pseudonym(&world, acme, "alice"), before);
    let world = world.reopened();
    assert_eq!(pseudonym(&world, acme, "alice"), before);
    world
        .catalogue
        .remove_user(acme, &user("alice"))
        .unwrap()
        .unwrap();
    let after = pseudonym(&world, acme, "alice");
    assert_ne!(after, before);
    let next = reserved(&world, &address);
    materialise(&world, &address, next).unwrap();
    assert_eq!(pseudonym(&world, acme, "alice"), after);
}

#[test]
fn parts_that_look_alike_never_share_an_address() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let addresses = [
        user_address(tenant, "shared"),
        named_address(tenant, "shared"),
        Address {
            tenant,
            place: anchorhold_model::Place::Shared,
        },
        user_address(tenant, "a:b"),
        workspace_address(tenant, "a", "b"),
        workspace_address(tenant, "a:b", "c"),
        workspace_address(tenant, "a", "b:c"),
        named_address(tenant, "a/b"),
        user_address(tenant, "a/b"),
        user_address(tenant, "Alice"),
        user_address(tenant, "alice"),
        user_address(tenant, "\" OR \"1\"=\"1"),
    ];
    let ids: BTreeSet<_> = addresses
        .iter()
        .map(|address| reserved(&world, address))
        .collect();
    assert_eq!(ids.len(), addresses.len());
    for address in &addresses {
        let namespace = reserved(&world, address);
        materialise(&world, address, namespace).unwrap();
    }
    assert_eq!(world.catalogue.living().unwrap(), ids);
}

#[test]
fn an_id_is_resolved_in_its_own_tenant_alone() {
    let world = World::new();
    let (acme, rival) = (world.tenant("acme"), world.tenant("rival"));
    let address = user_address(acme, "alice");
    let namespace = reserved(&world, &address);
    materialise(&world, &address, namespace).unwrap();
    assert_eq!(world.catalogue.address(rival, namespace).unwrap(), None);
    assert_eq!(
        world.catalogue.address(acme, namespace).unwrap(),
        Some(address)
    );
}

#[test]
fn first_writers_share_commits() {
    let world = Arc::new(World::new());
    let tenant = world.tenant("acme");
    let addresses: Vec<_> = (0..64)
        .map(|n| user_address(tenant, &format!("user {n}")))
        .collect();
    let ids: Vec<_> = addresses
        .iter()
        .map(|address| reserved(&world, address))
        .collect();
    // The desk is held while all queue up, so that the next holder finds them all waiting.
    let desk = world.catalogue.desk().unwrap();
    let version = |desk: &crate::catalogue::Desk| {
        desk.rows
            .reader()
            .get(0, &[0; 32])
            .unwrap()
            .unwrap()
            .version
    };
    let before = version(&desk);
    std::thread::scope(|threads| {
        for (address, id) in addresses.iter().zip(&ids) {
            let world = &world;
            threads.spawn(move || materialise(world, address, *id).unwrap());
        }
        while world.catalogue.waiting.lock().unwrap().len() < addresses.len() {
            std::thread::yield_now();
        }
        drop(desk);
    });
    let after = version(&world.catalogue.desk().unwrap());
    assert_eq!(after, before + 1, "64 incarnations, one transaction");
}

#[test]
fn after_a_failed_commit_nothing_is_written_until_the_file_is_opened_again() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (alice, bob) = (user_address(tenant, "alice"), user_address(tenant, "bob"));
    let living = reserved(&world, &alice);
    materialise(&world, &alice, living).unwrap();
    let failed = reserved(&world, &bob);
    world.catalogue.desk().unwrap().rows.fail_next_commit = true;
    // It cannot be opened again while it is away.
    let path = world.directory.path().join("catalogue.db");
    let away = path.with_extension("away");
    std::fs::rename(&path, &away).unwrap();
    let unknown = materialise(&world, &bob, failed);
    assert!(matches!(unknown, Err(Error::OutcomeUnknown)));
    // What is known is still read.
    let found = world.catalogue.incarnation(&alice).unwrap();
    assert_eq!(found, Some(living));
    let refused = materialise(&world, &bob, failed);
    assert!(matches!(refused, Err(Error::Poisoned)), "{refused:?}");
    let erase = world.catalogue.remove_user(tenant, &user("alice"));
    assert!(erase.is_err(), "{erase:?}");
    // Nobody has to restart anything once it is there.
    std::fs::rename(&away, &path).unwrap();
    materialise(&world, &bob, failed).unwrap();
    assert_eq!(world.catalogue.incarnation(&bob).unwrap(), Some(failed));
    let world = world.reopened();
    for (address, id) in [(&alice, living), (&bob, failed)] {
        assert_eq!(world.catalogue.incarnation(address).unwrap(), Some(id));
    }
}
