//! Tenants have one name, one key, and a policy that changes at once.

use anchorhold_crypto::Label;
use anchorhold_identity::Directory as _;
use anchorhold_model::{Isolation, TenantName, TenantPolicy, TrustMode};

use super::world::World;
use crate::Error;
use crate::registry::Registry as _;

fn name(text: &str) -> TenantName {
    TenantName::parse(text).unwrap()
}

#[test]
fn a_name_is_given_once() {
    let world = World::new();
    world.tenant("acme");
    let again =
        world
            .catalogue
            .tenant_create(&world.operator(), name("acme"), TenantPolicy::default());
    assert!(matches!(again, Err(Error::Exists)));
    // Compared byte for byte: another case is another name.
    world.tenant("Acme");
    let listed = world.catalogue.tenant_list(&world.operator()).unwrap();
    let names: Vec<_> = listed.iter().map(|record| record.name.as_str()).collect();
    assert_eq!(names, ["Acme", "acme"]);
}

#[test]
fn a_tenant_keeps_its_key_and_its_policy_over_a_restart() {
    let world = World::new();
    let (acme, rival) = (world.tenant("acme"), world.tenant("rival"));
    let operator = world.operator();
    let changed = world.catalogue.tenant_update(
        &operator,
        &name("acme"),
        Some(TrustMode::Strict),
        Some(Isolation::None),
    );
    let changed = changed.unwrap();
    let expected = TenantPolicy {
        trust_mode: TrustMode::Strict,
        isolation: Isolation::None,
    };
    assert_eq!(changed.policy, expected);
    assert_eq!(
        world.catalogue.tenant(acme).unwrap().unwrap().policy,
        expected
    );
    let secret = |world: &World, tenant| {
        let wrapping = world.catalogue.wrapping_key(tenant).unwrap();
        *wrapping.derive(Label::Audit).expose()
    };
    let before = secret(&world, acme);
    let world = world.reopened();
    assert_eq!(secret(&world, acme), before);
    assert_ne!(secret(&world, rival), before);
    let found = world.catalogue.tenant_named(&name("acme")).unwrap();
    assert_eq!(found.unwrap().policy, expected);
}

#[test]
fn what_is_not_named_in_a_change_stays() {
    let world = World::new();
    world.tenant("acme");
    let operator = world.operator();
    let update = |mode, isolation| {
        let changed = world
            .catalogue
            .tenant_update(&operator, &name("acme"), mode, isolation);
        changed.unwrap().policy
    };
    update(Some(TrustMode::Legacy), None);
    let policy = update(None, Some(Isolation::None));
    assert_eq!(policy.trust_mode, TrustMode::Legacy);
    assert_eq!(policy.isolation, Isolation::None);
    let missing =
        world
            .catalogue
            .tenant_update(&operator, &name("nobody"), Some(TrustMode::Strict), None);
    assert!(matches!(missing, Err(Error::NotFound)));
}
