//! From one place of a tenant to another: what an admin gets of both, and what nobody does.

use std::sync::Arc;

use anchorhold_identity::{
    Door, Extent, Leg, Missing, Read, Reason, Scope, Standing, TenantAdmin, moved_namespace,
    relocation, tenant_admin,
};
use anchorhold_model::{
    Address, NamespaceId, Part, Place, SandboxHandle, SessionHandle, SubScopes,
};

use crate::world::{KEY, TENANT, World, at, kinds, name, of_user, user};

fn world() -> World {
    World::usual(kinds()[6].1.clone())
}

fn admin(world: &World) -> TenantAdmin {
    let made = tenant_admin(&world.caller(), || unreachable!(), Door::Http);
    made.ok().unwrap()
}

fn own(id: &str) -> Place {
    of_user("local", id).place
}

fn part(id: &str, agent: &str) -> Place {
    let agent = Part::parse(agent).ok();
    let parts = SubScopes {
        agent,
        ..SubScopes::default()
    };
    Place::User(user("local", id), parts)
}

fn named(text: &str) -> Place {
    Place::Named(name(text))
}

/// The legs of a move: whence, whither, and whether that is only reserved.
type Legs = Vec<(Place, Option<(Place, bool)>)>;

fn legs(
    world: &World,
    places: (Place, Place),
    extent: Extent,
    missing: Missing,
) -> Result<Legs, Reason> {
    let moved = relocation(&admin(world), places, extent, missing, world);
    let leg = |Leg { from, to }: Leg| {
        for actor in [Some(from.actor()), to.as_ref().map(Scope::actor)] {
            let Some(actor) = actor else { continue };
            assert_eq!(actor.subject, Some(user("key", &KEY.to_string())));
            assert_eq!(actor.tenant, Some(TENANT));
        }
        assert!(!from.is_reserved());
        let to = to.map(|to| (to.address().place.clone(), to.is_reserved()));
        (from.address().place.clone(), to)
    };
    let moved = moved.map_err(|denial| {
        assert_eq!((denial.tenant, denial.key), (Some(TENANT), Some(KEY)));
        denial.reason
    })?;
    Ok(moved.into_iter().map(leg).collect())
}

#[test]
fn one_namespace_goes_to_one_and_only_a_named_one_has_to_be_there() {
    let go = |world: &World, from: Place, to: Place, missing| {
        legs(world, (from, to), Extent::One, missing)
    };
    let world = || {
        world()
            .with(of_user("local", "alice"), 3)
            .with(at(part("alice", "a")), 4)
            .with(at(Place::Shared), 5)
            .with(at(named("org")), 6)
    };
    let there = |to: Place| Some((to, false));
    let made = |to: Place| Some((to, true));
    for missing in [Missing::Empty, Missing::Reserve] {
        let new = |to| Some((to, true)).filter(|_| missing == Missing::Reserve);
        let world = world();
        let moved = go(&world, own("alice"), own("bob"), missing);
        assert_eq!(moved, Ok(vec![(own("alice"), new(own("bob")))]));
        let moved = go(&world, Place::Shared, part("alice", "b"), missing);
        assert_eq!(moved, Ok(vec![(Place::Shared, new(part("alice", "b")))]));
        let moved = go(&world, named("org"), own("alice"), missing);
        assert_eq!(moved, Ok(vec![(named("org"), there(own("alice")))]));
        let moved = go(&world, part("alice", "a"), named("org"), missing);
        assert_eq!(moved, Ok(vec![(part("alice", "a"), there(named("org")))]));
        // Nothing is kept there, so nothing goes.
        assert_eq!(go(&world, own("bob"), own("alice"), missing), Ok(vec![]));
        let absent = go(&world, own("alice"), named("new"), missing);
        assert_eq!(absent, Err(Reason::NamespaceNotFound));
        let same = go(&world, named("org"), named("org"), missing);
        assert_eq!(same, Err(Reason::NamespaceConflict));
    }
    // Who gets something by a move is not known by it.
    let world = world();
    let moved = go(&world, Place::Shared, own("alice"), Missing::Reserve);
    assert_eq!(moved, Ok(vec![(Place::Shared, there(own("alice")))]));
    assert_eq!(*world.made_known.lock().unwrap(), []);
    let moved = go(&world, Place::Shared, own("new"), Missing::Reserve);
    assert_eq!(moved, Ok(vec![(Place::Shared, made(own("new")))]));
}

#[test]
fn a_user_goes_with_all_below_each_to_the_same_part_of_the_other() {
    let world = world()
        .with(at(part("alice", "b")), 5)
        .with(at(part("alice", "a")), 4)
        .with(of_user("local", "alice"), 3)
        .with(of_user("isolation-key", "alice"), 6)
        .with(of_user("local", "alice2"), 7)
        .with(at(named("alice")), 8)
        .with(at(part("bob", "a")), 9);
    let go = |from, to| legs(&world, (from, to), Extent::Subtree, Missing::Reserve);
    let whole = go(own("alice"), own("bob"));
    let expected = vec![
        (own("alice"), Some((own("bob"), true))),
        (part("alice", "a"), Some((part("bob", "a"), false))),
        (part("alice", "b"), Some((part("bob", "b"), true))),
    ];
    assert_eq!(whole, Ok(expected));
    // A part is one, and so is what goes into a part, or into what is no user's.
    let one = |from: Place, to: Place| {
        let leg = go(from.clone(), to.clone()).unwrap();
        assert_eq!((leg.len(), &leg[0].0), (1, &from));
        assert_eq!(leg[0].1.as_ref().map(|(place, _)| place), Some(&to));
    };
    one(part("alice", "a"), own("bob"));
    one(own("alice"), part("bob", "a"));
    one(own("alice"), named("alice"));
    one(named("alice"), own("bob"));
}

#[test]
fn a_second_name_stands_for_its_user_on_both_sides() {
    let mut world = world().with(of_user("local", "alice"), 3);
    let link = Standing {
        linked_to: Some(Arc::new(user("local", "alice"))),
        ..Standing::default()
    };
    world.standings = [(user("owui", "1"), link)].into();
    let second = of_user("owui", "1").place;
    for extent in [Extent::One, Extent::Subtree] {
        let go = |from, to| legs(&world, (from, to), extent, Missing::Empty);
        let away = go(second.clone(), own("bob"));
        assert_eq!(away, Ok(vec![(own("alice"), None)]));
        let back = go(own("alice"), second.clone());
        assert_eq!(back, Err(Reason::NamespaceConflict));
    }
}

#[test]
fn a_silent_directory_moves_nothing() {
    for question in ["standing", "subtree", "incarnation", "reserve"] {
        let mut world = world().with(of_user("local", "alice"), 3);
        world.silent_at = Some(question);
        let places = (own("alice"), own("bob"));
        let moved = legs(&world, places, Extent::Subtree, Missing::Reserve);
        assert_eq!(moved, Err(Reason::Unavailable), "{question}");
    }
}

#[test]
fn only_what_is_a_tenants_or_a_users_is_moved_by_its_id() {
    let id = NamespaceId::from_bytes([3; 16]);
    let moved = |address: Option<Address>| {
        let mut world = world();
        world.by_id = address;
        let scope = moved_namespace::<Read>(&admin(&world), id, &world).unwrap();
        scope.map(|scope| {
            assert_eq!((scope.namespace(), scope.is_reserved()), (id, false));
            assert_eq!(scope.credential().unwrap().key, KEY);
            scope.address().clone()
        })
    };
    for place in [
        Place::Shared,
        own("alice"),
        part("alice", "a"),
        named("org"),
    ] {
        assert_eq!(moved(Some(at(place.clone()))), Some(at(place)));
    }
    let session = Place::Session(SessionHandle::from_bytes([4; 16]));
    let sandbox = Place::Quarantine(SandboxHandle::from_bytes([5; 16]));
    for address in [None, Some(at(session)), Some(at(sandbox))] {
        assert_eq!(moved(address), None);
    }
    let mut silent = world();
    silent.silent_at = Some("address");
    let denial = moved_namespace::<Read>(&admin(&silent), id, &silent).err();
    let denial = denial.unwrap();
    assert_eq!(
        (denial.reason, denial.tenant),
        (Reason::Unavailable, Some(TENANT))
    );
}
