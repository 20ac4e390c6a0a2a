//! A user with all that is below it, and nothing beside it.

use anchorhold_identity::{
    Admin, Door, Reason, Right, Subtree, Write, enforce_below, enforce_subtree,
};
use anchorhold_model::{Address, NamespaceId, Part, Place, SubScopes, TenantId, TrustMode};

use crate::world::{TENANT, World, at, kinds, name, of_user, user};

const ALICE: &[(&str, &str)] = &[("x-anchorhold-user", "alice")];

fn below(agent: &str) -> SubScopes {
    SubScopes {
        agent: Part::parse(agent).ok(),
        ..SubScopes::default()
    }
}

fn part_of_alice(agent: &str) -> Address {
    at(Place::User(user("local", "alice"), below(agent)))
}

/// Alice with two agents, and all that could be taken for hers.
fn world(kind: usize) -> World {
    let foreign = Address {
        tenant: TenantId::from_bytes([2; 16]),
        ..of_user("local", "alice")
    };
    World::usual(kinds()[kind].1.clone())
        .with(part_of_alice("b"), 5)
        .with(part_of_alice("a"), 4)
        .with(of_user("local", "alice"), 3)
        .with(of_user("isolation-key", "alice"), 6)
        .with(of_user("local", "alice2"), 7)
        .with(at(Place::Named(name("alice"))), 8)
        .with(at(Place::Shared), 9)
        .with(foreign, 10)
}

fn subtree(world: &World, lines: &[(&str, &str)], named: Option<&str>) -> Result<Subtree, Reason> {
    let (caller, verdict) = world.judged(lines).unwrap();
    let named = named.map(name);
    enforce_subtree(&caller, &verdict, named, Door::Http, world).map_err(|denial| {
        assert_eq!(denial.tenant, world.credential.tenant);
        denial.reason
    })
}

fn ids(subtree: &Subtree) -> Vec<NamespaceId> {
    let scopes = subtree.scopes.iter();
    scopes.map(anchorhold_identity::Scope::namespace).collect()
}

fn numbered(numbers: &[u8]) -> Vec<NamespaceId> {
    let ids = numbers.iter();
    ids.map(|number| NamespaceId::from_bytes([*number; 16]))
        .collect()
}

#[test]
fn a_user_is_its_own_namespace_and_those_below_it_its_own_first() {
    let whole = subtree(&world(4), ALICE, None).unwrap();
    assert_eq!(whole.address, Some(of_user("local", "alice")));
    assert_eq!(ids(&whole), numbered(&[3, 4, 5]));
    let actor = whole.scopes[1].actor();
    assert_eq!(actor.subject, Some(user("local", "alice")));
    assert!(!actor.advisory && !whole.scopes[0].is_reserved());
    let mut agent = ALICE.to_vec();
    agent.push(("x-anchorhold-agent", "a"));
    let part = subtree(&world(4), &agent, None).unwrap();
    assert_eq!(part.address, Some(part_of_alice("a")));
    assert_eq!(ids(&part), numbered(&[4]));
    let nobody = subtree(&world(4), &[("x-anchorhold-user", "carol")], None).unwrap();
    assert!(nobody.scopes.is_empty());
    let named = subtree(&world(6), &[], Some("alice")).unwrap();
    assert_eq!(named.address, Some(at(Place::Named(name("alice")))));
    assert_eq!(ids(&named), numbered(&[8]));
}

#[test]
fn under_legacy_every_part_of_a_claimed_user_carries_the_advisory() {
    let mut world = world(0);
    let mut legacy = (**world.tenant.as_ref().unwrap()).clone();
    legacy.policy.trust_mode = TrustMode::Legacy;
    world.tenant = Some(std::sync::Arc::new(legacy));
    let whole = subtree(&world, ALICE, None).unwrap();
    assert_eq!(whole.scopes.len(), 3);
    assert!(whole.scopes.iter().all(|scope| scope.actor().advisory));
    let shared = subtree(&world, &[], None).unwrap();
    assert_eq!(ids(&shared), numbered(&[9]));
}

#[test]
fn who_may_not_read_gets_no_subtree() {
    let refused = |kind, lines, named| subtree(&world(kind), lines, named).err().unwrap();
    assert_eq!(refused(4, &[], None), Reason::IdentityRequired);
    assert_eq!(refused(0, ALICE, None), Reason::IdentityNotPermitted);
    let forbidden = Reason::NamespaceForbidden {
        name: "alice".to_owned(),
    };
    assert_eq!(refused(4, ALICE, Some("alice")), forbidden);
    for question in ["subtree", "incarnation"] {
        let mut world = world(4);
        world.silent_at = Some(question);
        assert_eq!(
            subtree(&world, ALICE, None).err(),
            Some(Reason::Unavailable)
        );
    }
}

fn put_below<A: Right>(
    world: &World,
    lines: &[(&str, &str)],
    named: Option<&str>,
) -> Result<(Address, NamespaceId, bool), Reason> {
    let (caller, verdict) = world.judged(lines).unwrap();
    let named = named.map(name);
    let found = enforce_below::<A>(&caller, &verdict, named, below("c"), Door::Http, world);
    found
        .map(|scope| {
            let scope = scope.unwrap();
            assert_eq!(scope.actor().tenant, Some(TENANT));
            (
                scope.address().clone(),
                scope.namespace(),
                scope.is_reserved(),
            )
        })
        .map_err(|denial| denial.reason)
}

#[test]
fn a_sub_scope_is_made_below_a_user_and_below_nothing_else() {
    let made = put_below::<Admin>(&world(4), ALICE, None).unwrap();
    let expected = (part_of_alice("c"), NamespaceId::from_bytes([200; 16]), true);
    assert_eq!(made, expected);
    let world_with_c = world(4).with(part_of_alice("c"), 12);
    let (_, id, reserved) = put_below::<Write>(&world_with_c, ALICE, None).unwrap();
    assert_eq!((id, reserved), (NamespaceId::from_bytes([12; 16]), false));
    let mut agent = ALICE.to_vec();
    agent.push(("x-anchorhold-agent", "a"));
    let conflict = Err(Reason::NamespaceConflict);
    assert_eq!(put_below::<Write>(&world(4), &agent, None), conflict);
    assert_eq!(put_below::<Write>(&world(6), &[], Some("alice")), conflict);
    let mut shared = world(0);
    let mut policy = (**shared.tenant.as_ref().unwrap()).clone();
    policy.policy.isolation = anchorhold_model::Isolation::None;
    shared.tenant = Some(std::sync::Arc::new(policy));
    assert_eq!(put_below::<Write>(&shared, &[], None), conflict);
    let reader = put_below::<Write>(&world(5), ALICE, None);
    assert_eq!(reader.err().unwrap().as_str(), "access_forbidden");
}
