//! What a tenant knows of its users, as a few maps say it.

use std::collections::{BTreeMap, BTreeSet};

use anchorhold_identity::{Directory as _, Reservation, Standing};
use anchorhold_model::{NamespaceId, Role, TenantId, User, UserHandle};
use proptest::prelude::*;

use super::world::{World, actor, user, user_address};
use crate::registry::Registry as _;
use crate::{Error, UserRecord};

const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];

fn made(world: &World, tenant: TenantId, id: &str) -> UserRecord {
    let admin = world.admin(tenant);
    let made = world.catalogue.user_create(&admin, &user(id), None);
    made.unwrap().0
}

fn linked(world: &World, tenant: TenantId, first: UserHandle, name: &str) -> Result<(), Error> {
    let admin = world.admin(tenant);
    let linked = world.catalogue.user_link(&admin, first, &user(name));
    linked.map(drop)
}

fn standing(world: &World, tenant: TenantId, id: &str) -> Standing {
    world.catalogue.standing(tenant, &user(id)).unwrap()
}

/// A first write of a user as of a request that is under way already.
fn write(world: &World, tenant: TenantId, id: &str) -> Result<NamespaceId, Error> {
    let address = user_address(tenant, id);
    match world.catalogue.reserve(&address).unwrap() {
        Reservation::Existing(namespace) => Ok(namespace),
        Reservation::Reserved(namespace, _promise) => {
            let actor = actor(tenant, Some(user(id)));
            let written = world.catalogue.materialise(&address, namespace, &actor);
            written.map(|()| namespace)
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Create(usize),
    Role(usize, Role),
    Link(usize, usize),
    Unlink(usize),
    Write(usize),
    Erase(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let name = || 0..NAMES.len();
    let role = prop_oneof![Just(Role::User), Just(Role::Viewer), Just(Role::Admin)];
    prop_oneof![
        3 => name().prop_map(Step::Create),
        2 => (name(), role).prop_map(|(name, role)| Step::Role(name, role)),
        4 => (name(), name()).prop_map(|(first, second)| Step::Link(first, second)),
        2 => name().prop_map(Step::Unlink),
        2 => name().prop_map(Step::Write),
        1 => name().prop_map(Step::Erase),
        1 => Just(Step::Reopen),
    ]
}

/// Somebody as the model has them.
#[derive(Clone, Debug, Default)]
struct Person {
    role: Role,
    leads_to: Option<usize>,
    namespace: Option<NamespaceId>,
}

type Model = BTreeMap<usize, Person>;

fn may_link(model: &Model, first: usize, second: usize) -> bool {
    let person = model.get(&second);
    let is_target = model.values().any(|one| one.leads_to == Some(second));
    let is_free = person.is_none_or(|one| one.leads_to.is_none() && one.namespace.is_none());
    let is_first = model.get(&first).is_some_and(|one| one.leads_to.is_none());
    let is_linked = person.is_some_and(|one| one.leads_to == Some(first));
    is_linked || (is_first && is_free && !is_target && first != second)
}

fn check(world: &World, tenant: TenantId, model: &Model) {
    for (number, name) in NAMES.iter().enumerate() {
        let expected = model.get(&number);
        let seen = standing(world, tenant, name);
        assert_eq!(seen.is_known, expected.is_some(), "{name}");
        assert_eq!(seen.role, expected.map_or(Role::User, |one| one.role));
        let leads_to = expected.and_then(|one| one.leads_to);
        let leads_to = leads_to.map(|first| user(NAMES[first]));
        assert_eq!(seen.linked_to.as_deref(), leads_to.as_ref());
        let living = world.catalogue.incarnation(&user_address(tenant, name));
        assert_eq!(living.unwrap(), expected.and_then(|one| one.namespace));
    }
    let admin = world.admin(tenant);
    let page = world.catalogue.user_list(&admin, None, 200).unwrap();
    let listed: BTreeSet<User> = page.users.iter().map(|one| one.user.clone()).collect();
    let expected = model.keys().map(|number| user(NAMES[*number])).collect();
    assert_eq!(listed, expected);
    for record in &page.users {
        let links = |(number, one): (&usize, &Person)| {
            let first = one.leads_to.map(|first| user(NAMES[first]));
            (first == Some(record.user.clone())).then(|| user(NAMES[*number]))
        };
        let links: BTreeSet<User> = model.iter().filter_map(links).collect();
        let seen = record.links.iter().map(|(_, user)| user.clone()).collect();
        assert_eq!(links, seen);
        assert_eq!(
            world.catalogue.user_get(&admin, record.handle).unwrap(),
            *record
        );
        assert_eq!(
            world.catalogue.user_find(&admin, &record.user).unwrap(),
            *record
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn users_are_made_linked_and_erased_as_a_map_of_people_says(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        let tenant = world.tenant("acme");
        let mut model = Model::new();
        for step in steps {
            let admin = world.admin(tenant);
            let handle = |name: usize| {
                let found = world.catalogue.user_find(&admin, &user(NAMES[name]));
                found.map(|record| record.handle).ok()
            };
            match step {
                Step::Create(name) => {
                    let made = world.catalogue.user_create(&admin, &user(NAMES[name]), None);
                    prop_assert_eq!(made.unwrap().1, !model.contains_key(&name));
                    model.entry(name).or_default();
                }
                Step::Role(name, role) => {
                    let Some(handle) = handle(name) else { continue };
                    let person = model.get_mut(&name).unwrap();
                    let changed = world.catalogue.user_change(&admin, handle, role);
                    prop_assert_eq!(changed.is_ok(), person.leads_to.is_none());
                    if changed.is_ok() {
                        person.role = role;
                    }
                }
                Step::Link(first, second) => {
                    let Some(handle) = handle(first) else { continue };
                    let expected = may_link(&model, first, second);
                    let done = linked(&world, tenant, handle, NAMES[second]);
                    prop_assert_eq!(done.is_ok(), expected, "{:?}", done);
                    if expected {
                        model.entry(second).or_default().leads_to = Some(first);
                    }
                }
                Step::Unlink(second) => {
                    let first = model.get(&second).and_then(|one| one.leads_to);
                    let (Some(first), Some(name)) = (first, handle(second)) else { continue };
                    world.catalogue.user_unlink(&admin, handle(first).unwrap(), name).unwrap();
                    model.get_mut(&second).unwrap().leads_to = None;
                }
                Step::Write(name) => {
                    let is_second = model.get(&name).is_some_and(|one| one.leads_to.is_some());
                    let written = write(&world, tenant, NAMES[name]);
                    prop_assert_eq!(written.is_err(), is_second);
                    if let Ok(namespace) = written {
                        let person = model.entry(name).or_default();
                        prop_assert!(person.namespace.is_none_or(|before| before == namespace));
                        person.namespace = Some(namespace);
                    }
                }
                Step::Erase(name) => {
                    let is_second = model.get(&name).is_some_and(|one| one.leads_to.is_some());
                    if is_second {
                        continue;
                    }
                    let gone = world.catalogue.remove_user(tenant, &user(NAMES[name])).unwrap();
                    prop_assert_eq!(gone.is_some(), model.remove(&name).is_some());
                    model.retain(|_, one| one.leads_to != Some(name));
                }
                Step::Reopen => world = world.reopened(),
            }
            check(&world, tenant, &model);
        }
    }
}

#[test]
fn a_write_that_began_before_a_link_comes_to_nothing() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let first = made(&world, tenant, "alice").handle;
    let address = user_address(tenant, "phone");
    let reserve = || match world.catalogue.reserve(&address).unwrap() {
        Reservation::Reserved(namespace, promise) => (namespace, promise),
        Reservation::Existing(_) => panic!("nothing is kept there"),
    };
    let (before, _promise) = reserve();
    linked(&world, tenant, first, "phone").unwrap();
    let (after, _promise) = reserve();
    for namespace in [before, after] {
        let actor = actor(tenant, Some(user("phone")));
        let written = world.catalogue.materialise(&address, namespace, &actor);
        assert!(matches!(written, Err(Error::Void)));
    }
    assert_eq!(world.catalogue.incarnation(&address).unwrap(), None);
}

#[test]
fn no_handle_leads_out_of_a_tenant_and_none_comes_back() {
    let world = World::new();
    let (acme, other) = (world.tenant("acme"), world.tenant("other"));
    let alice = made(&world, acme, "alice").handle;
    let theirs = made(&world, other, "alice").handle;
    let (admin, stranger) = (world.admin(acme), world.admin(other));
    assert_ne!(alice, theirs);
    assert!(world.catalogue.user_get(&stranger, alice).is_err());
    let changed = world.catalogue.user_change(&stranger, alice, Role::Admin);
    assert!(matches!(changed, Err(Error::NotFound)));
    let linked = world.catalogue.user_link(&stranger, alice, &user("eve"));
    assert!(matches!(linked, Err(Error::NotFound)));
    let page = world.catalogue.user_list(&stranger, None, 9).unwrap();
    assert_eq!(page.users.len(), 1);
    world.catalogue.remove_user(acme, &user("alice")).unwrap();
    assert!(world.catalogue.user_get(&admin, alice).is_err());
    assert_ne!(made(&world, acme, "alice").handle, alice);
}

#[test]
fn a_list_shows_everybody_once_whatever_comes_and_goes() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let admin = world.admin(tenant);
    let all: BTreeSet<String> = (0..23).map(|number| format!("user-{number}")).collect();
    for id in &all {
        made(&world, tenant, id);
    }
    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = world
            .catalogue
            .user_list(&admin, after.as_ref(), 5)
            .unwrap();
        seen.extend(
            page.users
                .into_iter()
                .map(|one| one.user.id.as_str().to_owned()),
        );
        pages += 1;
        // Whoever comes meanwhile moves nobody to another page.
        made(&world, tenant, &format!("late-{pages}"));
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    let listed: BTreeSet<String> = seen.iter().cloned().collect();
    assert_eq!(listed.len(), seen.len());
    assert!(listed.is_superset(&all));
}

#[test]
fn a_role_that_differs_is_no_creation() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let admin = world.admin(tenant);
    let create = |role| world.catalogue.user_create(&admin, &user("alice"), role);
    assert!(create(Some(Role::Viewer)).unwrap().1);
    assert!(!create(None).unwrap().1);
    assert!(!create(Some(Role::Viewer)).unwrap().1);
    assert!(matches!(create(Some(Role::Admin)), Err(Error::Exists)));
    assert_eq!(standing(&world, tenant, "alice").role, Role::Viewer);
}

#[test]
fn keys_of_second_names_go_with_their_user() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let first = made(&world, tenant, "alice").handle;
    linked(&world, tenant, first, "phone").unwrap();
    let new = crate::NewKey {
        user: Some(user("phone").id),
        ..crate::NewKey::default()
    };
    let (token, _) = world.key(tenant, new);
    assert!(world.caller(&token.reveal()).is_some());
    world.catalogue.remove_user(tenant, &user("alice")).unwrap();
    assert!(world.caller(&token.reveal()).is_none());
    assert_eq!(standing(&world, tenant, "phone"), Standing::default());
}
