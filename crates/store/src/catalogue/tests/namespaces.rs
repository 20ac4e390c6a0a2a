//! Named namespaces behave like a sorted map by name, per tenant, seen through grants.

use std::collections::BTreeMap;

use anchorhold_identity::{
    Admin, Directory as _, Door, Headers, Read, creation, enforce_by_id, listing, resolve, validate,
};
use anchorhold_model::{AccessSet, Grant, GrantPattern, NamespaceId, NamespaceName};
use proptest::prelude::*;

use super::world::{World, named_address};
use crate::{Error, NewKey};

fn name(text: &str) -> NamespaceName {
    NamespaceName::parse(text).unwrap()
}

fn create(
    world: &World,
    caller: &anchorhold_identity::Caller,
    text: &str,
) -> Result<NamespaceId, Error> {
    let proof = creation(caller, name(text), Door::Library).unwrap();
    let made = world
        .catalogue
        .namespace_create(&proof, Some(format!("about {text}")));
    made.map(|record| record.id)
}

#[test]
fn a_name_is_taken_once_per_tenant() {
    let world = World::new();
    let acme = world.admin_caller(world.tenant("acme"));
    let rival = world.admin_caller(world.tenant("rival"));
    let first = create(&world, &acme, "team/notes").unwrap();
    assert!(matches!(
        create(&world, &acme, "team/notes"),
        Err(Error::Exists)
    ));
    let other = create(&world, &rival, "team/notes").unwrap();
    assert_ne!(first, other);
    // No key was left behind by the refused one.
    assert_eq!(world.cradle.0.lock().unwrap().len(), 2);
    let seen = world
        .catalogue
        .namespace_list(&listing(&acme).unwrap(), None, 10)
        .unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].id, first);
}

#[test]
fn creators_at_once_make_one_namespace_and_leave_no_key_behind() {
    let world = World::new();
    let caller = world.admin_caller(world.tenant("acme"));
    let barrier = std::sync::Barrier::new(8);
    let made = std::thread::scope(|threads| {
        let creators: Vec<_> = (0..8)
            .map(|_| {
                threads.spawn(|| {
                    barrier.wait();
                    create(&world, &caller, "contested").is_ok()
                })
            })
            .collect();
        creators
            .into_iter()
            .map(|creator| creator.join().unwrap())
            .filter(|made| *made)
            .count()
    });
    assert_eq!(made, 1);
    assert_eq!(
        *world.cradle.0.lock().unwrap(),
        world.catalogue.living().unwrap()
    );
}

#[test]
fn the_list_shows_what_the_grants_cover_and_no_more() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let admin = world.admin_caller(tenant);
    for text in ["org/acme/a", "org/acme/b", "org/acmes/c", "private"] {
        create(&world, &admin, text).unwrap();
    }
    let grants = vec![Grant {
        pattern: GrantPattern::parse("org/acme/**").unwrap(),
        access: AccessSet::Read,
    }];
    let (token, _) = world.key(
        tenant,
        NewKey {
            grants,
            ..NewKey::default()
        },
    );
    let caller = world.caller(&token.reveal()).unwrap();
    let seen = world
        .catalogue
        .namespace_list(&listing(&caller).unwrap(), None, 10)
        .unwrap();
    let names: Vec<_> = seen.iter().map(|record| record.name.to_string()).collect();
    assert_eq!(names, ["org/acme/a", "org/acme/b"]);
}

#[test]
fn a_description_changes_and_stays() {
    let world = World::new();
    let caller = world.admin_caller(world.tenant("acme"));
    let id = create(&world, &caller, "notes").unwrap();
    let resolution = resolve(&caller, Headers::new(&[])).unwrap();
    let verdict = validate(&caller, resolution, &*world.catalogue).unwrap();
    let directory = &*world.catalogue;
    let scope =
        enforce_by_id::<Admin>(&caller, &verdict, id, None, Door::Library, directory).unwrap();
    let told = world
        .catalogue
        .namespace_describe(&scope.narrow::<Read>())
        .unwrap();
    assert_eq!(told.description.as_deref(), Some("about notes"));
    let changed = world
        .catalogue
        .namespace_update(&scope, Some("new".to_owned()))
        .unwrap();
    assert_eq!(changed.description.as_deref(), Some("new"));
    assert_eq!(changed.created_at, told.created_at);
    let long = world
        .catalogue
        .namespace_update(&scope, Some("x".repeat(1_025)));
    assert!(matches!(long, Err(Error::TooLarge { .. })));
    let world = world.reopened();
    let again = world
        .catalogue
        .namespace_describe(&scope.narrow::<Read>())
        .unwrap();
    assert_eq!(again, changed);
    assert!(world.catalogue.remove_namespace(id).unwrap());
    let gone = world.catalogue.namespace_describe(&scope.narrow::<Read>());
    assert!(matches!(gone, Err(Error::NotFound)));
}

#[derive(Clone, Debug)]
enum Step {
    Create(u8, u8),
    Drop(u8, u8),
    List(u8, Option<u8>, usize),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..2u8, 0..6u8).prop_map(|(tenant, name)| Step::Create(tenant, name)),
        2 => (0..2u8, 0..6u8).prop_map(|(tenant, name)| Step::Drop(tenant, name)),
        3 => (0..2u8, proptest::option::of(0..6u8), 0..5usize)
            .prop_map(|(tenant, after, limit)| Step::List(tenant, after, limit)),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 1..30)
}

const NAMES: [&str; 6] = ["b", "a", "a/b", "a/b/c", "A", "a b"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn create_list_and_drop_are_a_sorted_map(steps in steps()) {
        let mut world = World::new();
        let tenants = [world.tenant("acme"), world.tenant("rival")];
        let callers = tenants.map(|tenant| world.admin_caller(tenant));
        let mut model: [BTreeMap<NamespaceName, NamespaceId>; 2] = Default::default();
        for step in steps {
            match step {
                Step::Create(tenant, text) => {
                    let (tenant, text) = (usize::from(tenant), NAMES[usize::from(text)]);
                    match create(&world, &callers[tenant], text) {
                        Ok(id) => prop_assert_eq!(model[tenant].insert(name(text), id), None),
                        Err(Error::Exists) => prop_assert!(model[tenant].contains_key(&name(text))),
                        Err(other) => return Err(TestCaseError::fail(other.to_string())),
                    }
                }
                Step::Drop(tenant, text) => {
                    let (tenant, text) = (usize::from(tenant), NAMES[usize::from(text)]);
                    if let Some(id) = model[tenant].remove(&name(text)) {
                        prop_assert!(world.catalogue.remove_namespace(id).unwrap());
                        prop_assert!(!world.catalogue.remove_namespace(id).unwrap());
                    }
                }
                Step::List(tenant, after, limit) => {
                    let tenant = usize::from(tenant);
                    let after = after.map(|after| name(NAMES[usize::from(after)]));
                    let seen = world.catalogue.namespace_list(
                        &listing(&callers[tenant]).unwrap(), after.as_ref(), limit,
                    ).unwrap();
                    let expected: Vec<_> = model[tenant].iter()
                        .filter(|(name, _)| after.as_ref().is_none_or(|after| *name > after))
                        .take(limit).map(|(_, id)| *id).collect();
                    prop_assert_eq!(seen.iter().map(|r| r.id).collect::<Vec<_>>(), expected);
                }
                Step::Restart => world = world.reopened(),
            }
            for (tenant, names) in tenants.iter().zip(&model) {
                for text in NAMES {
                    let living = world.catalogue.incarnation(&named_address(*tenant, text)).unwrap();
                    prop_assert_eq!(living, names.get(&name(text)).copied());
                }
            }
        }
    }
}
