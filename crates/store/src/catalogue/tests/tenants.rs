//! Tenants have one name, one key, and a policy that changes at once.

use anchorhold_crypto::Label;
use anchorhold_identity::Directory as _;
use anchorhold_model::{
    Dimension, Egress, EmbedderName, EmbeddingPolicy, Isolation, PolicyChanges, TenantName,
    TenantPolicy, TrustMode,
};

use super::super::bodies::{TenantBody, decode};
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
        PolicyChanges {
            trust_mode: Some(TrustMode::Strict),
            isolation: Some(Isolation::None),
            ..PolicyChanges::default()
        },
    );
    let changed = changed.unwrap();
    let expected = TenantPolicy {
        trust_mode: TrustMode::Strict,
        isolation: Isolation::None,
        ..TenantPolicy::default()
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
    let update = |changes: PolicyChanges| {
        let changed = world
            .catalogue
            .tenant_update(&operator, &name("acme"), changes);
        changed.unwrap().policy.clone()
    };
    update(PolicyChanges {
        trust_mode: Some(TrustMode::Legacy),
        embedding: Some(EmbeddingPolicy::Caller {
            dimension: Dimension::new(768).unwrap(),
        }),
        ..PolicyChanges::default()
    });
    let policy = update(PolicyChanges {
        isolation: Some(Isolation::None),
        ..PolicyChanges::default()
    });
    let caller = matches!(&policy.embedding, EmbeddingPolicy::Caller { dimension } if dimension.get() == 768);
    assert!(caller);
    assert_eq!(policy.trust_mode, TrustMode::Legacy);
    assert_eq!(policy.isolation, Isolation::None);
    let missing =
        world
            .catalogue
            .tenant_update(&operator, &name("nobody"), PolicyChanges::default());
    assert!(matches!(missing, Err(Error::NotFound)));
}

/// Rows of before there were embedding policies hold two words and nothing else.
#[test]
fn a_row_without_an_embedding_reads_as_builtin_and_sends_nothing_out() {
    let row = format!(
        r#"{{"format":1,"id":"ten_{}","name":"acme","policy":{{"trust_mode":"required","isolation":"user"}},"wrapped":""}}"#,
        "07".repeat(16)
    );
    let policy = decode::<TenantBody>(row.as_bytes()).unwrap().policy;
    assert_eq!(policy, TenantPolicy::default());
    assert_eq!(policy.embedding, EmbeddingPolicy::Builtin);
    assert!(!policy.egress.embedding);
}

#[test]
fn an_embedder_of_another_house_needs_consent_and_consent_is_taken_back_at_any_time() {
    let world = World::new();
    world.tenant("acme");
    let operator = world.operator();
    let update = |embedding: Option<EmbeddingPolicy>, egress: Option<bool>| {
        let changes = PolicyChanges {
            embedding,
            egress: egress.map(|embedding| Egress { embedding }),
            ..PolicyChanges::default()
        };
        world
            .catalogue
            .tenant_update(&operator, &name("acme"), changes)
    };
    let remote = EmbeddingPolicy::Remote {
        embedder: EmbedderName::parse("house").unwrap(),
    };
    for egress in [None, Some(false)] {
        let refused = update(Some(remote.clone()), egress);
        assert!(matches!(refused, Err(Error::EgressForbidden)));
    }
    let born = TenantPolicy {
        embedding: remote.clone(),
        ..TenantPolicy::default()
    };
    let refused = world
        .catalogue
        .tenant_create(&operator, name("rival"), born);
    assert!(matches!(refused, Err(Error::EgressForbidden)));
    let before = world
        .catalogue
        .tenant_named(&name("acme"))
        .unwrap()
        .unwrap();
    assert_eq!(before.policy, TenantPolicy::default());
    let allowed = update(Some(remote.clone()), Some(true)).unwrap();
    assert_eq!(allowed.policy.embedding, remote);
    let taken_back = update(None, Some(false)).unwrap();
    assert_eq!(taken_back.policy.embedding, remote);
    assert!(!taken_back.policy.egress.embedding);
    let read_again = world.reopened();
    let found = read_again.catalogue.tenant_named(&name("acme")).unwrap();
    assert_eq!(found.unwrap().policy, taken_back.policy);
}
