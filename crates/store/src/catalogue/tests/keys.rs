//! Who holds a key is who it says, until it is revoked or its time is over.

use std::sync::Arc;

use anchorhold_crypto::{Token, TokenClass};
use anchorhold_identity::{ActAs, CredentialRecord, CredentialStamp, Directory as _, Presented};
use anchorhold_model::{
    AccessSet, BearerToken, Clock as _, Grant, GrantPattern, KeyId, Stream, UserId,
};

use super::world::World;
use crate::registry::Registry as _;
use crate::{Error, NewKey};

fn named(name: &str) -> NewKey {
    NewKey {
        name: name.to_owned(),
        ..NewKey::default()
    }
}

fn found(world: &World, token: &Token) -> Option<Arc<CredentialRecord>> {
    let shown = Presented::Key(Token::parse(&token.reveal()).unwrap());
    world.catalogue.credential(&shown).unwrap()
}

#[test]
fn a_key_opens_the_same_record_before_and_after_a_restart() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let new = NewKey {
        invite: None,
        origins: None,
        name: "phone".to_owned(),
        user: Some(UserId::parse("alice").unwrap()),
        viewer: true,
        act_as: Some(ActAs::Read),
        admin: false,
        grants: vec![Grant {
            pattern: GrantPattern::parse("org/acme/**").unwrap(),
            access: AccessSet::Erase,
        }],
        expires_at: Some(world.clock.now().plus_seconds(60)),
    };
    let (token, made) = world.key(tenant, new);
    let stored = found(&world, &token).unwrap();
    assert_eq!(stored, made);
    let world = world.reopened();
    let stored = found(&world, &token).unwrap();
    assert_eq!(stored, made);
    assert_eq!(stored.hint, token.hint());
    assert_eq!(stored.grants.len(), 1);
}

#[test]
fn a_token_that_nobody_made_is_nobody() {
    let world = World::new();
    world.tenant("acme");
    let stranger = Token::generate(
        TokenClass::Secret,
        &*world.foundation.random,
        Stream::PROCESS,
    );
    assert!(found(&world, &stranger).is_none());
    assert!(world.caller(&stranger.reveal()).is_none());
}

#[test]
fn a_revoked_key_is_refused_at_the_very_next_request() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (token, record) = world.key(tenant, named("laptop"));
    let stamp = CredentialStamp {
        key: record.key,
        generation: record.generation,
    };
    assert!(world.caller(&token.reveal()).is_some());
    assert!(world.catalogue.is_current(stamp).unwrap());
    let admin = world.admin(tenant);
    world.catalogue.key_revoke(&admin, record.key).unwrap();
    assert!(world.caller(&token.reveal()).is_none());
    assert!(!world.catalogue.is_current(stamp).unwrap());
    let world = world.reopened();
    assert!(world.caller(&token.reveal()).is_none());
    assert!(!world.catalogue.is_current(stamp).unwrap());
    let stored = found(&world, &token).unwrap();
    assert_eq!(stored.generation, record.generation + 1);
    assert!(stored.revoked_at.is_some());
}

#[test]
fn a_key_is_refused_when_its_time_is_over() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let mut new = named("guest");
    new.expires_at = Some(world.clock.now().plus_seconds(10));
    let (token, _) = world.key(tenant, new);
    assert!(world.caller(&token.reveal()).is_some());
    world.pass(10_000);
    assert!(world.caller(&token.reveal()).is_none());
}

#[test]
fn no_tenant_revokes_or_lists_a_key_of_another() {
    let world = World::new();
    let (acme, rival) = (world.tenant("acme"), world.tenant("rival"));
    let (token, record) = world.key(acme, named("laptop"));
    let rival = world.admin(rival);
    let refused = world.catalogue.key_revoke(&rival, record.key);
    assert!(matches!(refused, Err(Error::NotFound)));
    assert!(world.caller(&token.reveal()).is_some());
    assert!(world.catalogue.key_list(&rival).unwrap().is_empty());
    let unknown = world
        .catalogue
        .key_revoke(&rival, KeyId::from_bytes([9; 16]));
    assert!(matches!(unknown, Err(Error::NotFound)));
}

#[test]
fn a_tenant_never_revokes_the_key_of_the_operator() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let operator = world.operator().actor().credential.unwrap();
    let refused = world
        .catalogue
        .key_revoke(&world.admin(tenant), operator.key);
    assert!(matches!(refused, Err(Error::NotFound)));
    assert!(world.caller(&world.operator_token).is_some());
}

#[test]
fn the_list_shows_living_keys_oldest_first() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let mut made = Vec::new();
    for name in ["first", "second", "third"] {
        made.push(world.key(tenant, named(name)).1);
        world.pass(1);
    }
    let admin = world.admin(tenant);
    world.catalogue.key_revoke(&admin, made[1].key).unwrap();
    let again = world.catalogue.key_revoke(&admin, made[1].key);
    assert!(matches!(again, Err(Error::NotFound)));
    let listed = world.catalogue.key_list(&admin).unwrap();
    assert_eq!(listed, [Arc::clone(&made[0]), Arc::clone(&made[2])]);
}

#[test]
fn a_key_is_made_for_no_tenant_that_does_not_exist() {
    let world = World::new();
    let nowhere = anchorhold_model::TenantId::from_bytes([3; 16]);
    let refused = world
        .catalogue
        .key_create(&world.admin(nowhere), named("x"));
    assert!(matches!(refused, Err(Error::NotFound)));
}

#[test]
fn a_key_name_and_its_grants_have_limits() {
    let world = World::new();
    let admin = world.admin(world.tenant("acme"));
    let long = world.catalogue.key_create(&admin, named(&"n".repeat(257)));
    assert!(matches!(long, Err(Error::TooLarge { .. })));
    let grant = Grant {
        pattern: GrantPattern::Everything,
        access: AccessSet::Read,
    };
    let mut new = named("many");
    new.grants = vec![grant; 101];
    let many = world.catalogue.key_create(&admin, new);
    assert!(matches!(many, Err(Error::TooLarge { .. })));
}

#[test]
fn a_token_that_was_brought_leads_to_the_user_it_was_mapped_to_last_and_to_no_other() {
    let world = World::new();
    let (acme, other) = (world.tenant("acme"), world.tenant("other"));
    let text = "carol-has-sent-this-for-years";
    let token = BearerToken::parse(text).unwrap();
    let of = |user: &str| NewKey {
        user: UserId::parse(user).ok(),
        ..named("brought")
    };
    let catalogue = &world.catalogue;
    let map = |tenant, user| catalogue.bearer_map(&world.admin(tenant), of(user), &token);
    let first = map(acme, "carol").unwrap();
    assert!(first.is_brought && first.hint.is_empty());
    for (tenant, user) in [(acme, "dave"), (acme, "carol"), (other, "carol")] {
        assert!(matches!(map(tenant, user), Err(Error::Exists)));
    }
    catalogue.key_revoke(&world.admin(acme), first.key).unwrap();
    assert!(world.caller(text).is_none());
    let second = map(other, "erin").unwrap();
    let stamp = |record: &CredentialRecord| CredentialStamp {
        key: record.key,
        generation: record.generation,
    };
    assert!(!catalogue.is_current(stamp(&first)).unwrap());
    assert!(catalogue.is_current(stamp(&second)).unwrap());
    let world = world.reopened();
    let caller = world.caller(text).unwrap();
    assert_eq!(*caller.credential(), *second);
    assert_eq!(caller.tenant().unwrap().id, other);
    assert!(!world.catalogue.is_current(stamp(&first)).unwrap());
}
