//! How somebody becomes a user: by an invitation, or by themselves where the tenant lets them.

use std::sync::Arc;

use anchorhold_crypto::TokenClass;
use anchorhold_identity::{
    CredentialRecord, Denial, Door, Headers, Invitation, Reason, Source, Strength, invitation,
    registration,
};
use anchorhold_model::{Role, Sources, UserId, network};

use crate::jwt;
use crate::world::{KEY, NOW, TENANT, World, kinds, plain, token, user};

/// An invitation of Alice.
fn invite() -> CredentialRecord {
    CredentialRecord {
        user: UserId::parse("alice").ok(),
        invite: Some(Role::Viewer),
        ..plain()
    }
}

/// What comes of an invitation that is sent like this.
fn invited(world: &World, lines: &[(&str, &str)]) -> Result<Invitation, Denial> {
    let lines: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    invitation(Headers::new(&lines), world, Door::Library, NOW)
}

#[test]
fn an_invitation_is_of_one_user_and_good_for_nothing_else() {
    let world = World::usual(invite());
    let key = token(TokenClass::Secret);
    let ours = [("x-api-key", key.as_str())];
    let found = invited(&world, &ours).unwrap();
    assert_eq!((found.tenant(), found.key()), (TENANT, KEY));
    assert_eq!(*found.user(), user("local", "alice"));
    assert_eq!(found.role(), Role::Viewer);
    let actor = found.actor();
    assert_eq!(
        (actor.tenant, actor.subject.clone()),
        (Some(TENANT), Some(user("local", "alice")))
    );
    assert_eq!(actor.strength, Some(Strength::Proven));
    assert_eq!(
        (actor.source, actor.door),
        (Some(Source::ApiKey), Door::Library)
    );
    assert_eq!(actor.credential.unwrap().key, KEY);
    let misplaced = Denial {
        reason: Reason::CredentialMisplaced,
        tenant: Some(TENANT),
        key: Some(KEY),
    };
    assert_eq!(world.try_caller(&[]).err(), Some(misplaced));
}

#[test]
fn what_is_no_invitation_invites_nobody() {
    let key = token(TokenClass::Secret);
    let ours = [("x-api-key", key.as_str())];
    let refused = |change: &dyn Fn(&mut CredentialRecord)| {
        let mut world = World::usual(invite());
        change(&mut world.credential);
        invited(&world, &ours).err().unwrap().reason
    };
    let misplaced = Reason::CredentialMisplaced;
    assert_eq!(refused(&|key| key.invite = None), misplaced);
    assert_eq!(refused(&|key| key.user = None), misplaced);
    assert_eq!(
        refused(&|key| key.expires_at = Some(NOW)),
        Reason::CredentialExpired
    );
    assert_eq!(
        refused(&|key| key.revoked_at = Some(NOW)),
        Reason::CredentialRevoked
    );
    let mut world = World::usual(invite());
    world.issuer = Some(jwt::issuer());
    let bearer = format!("Bearer {}", jwt::usual());
    for lines in [&[][..], &[("authorization", bearer.as_str())]] {
        let denial = invited(&world, lines).err().unwrap();
        assert_eq!(denial, Denial::of_stranger(Reason::CredentialMissing));
    }
}

/// A tenant that lets so many register in a minute, behind a proxy of its own.
fn open(per_minute: u64, credential: CredentialRecord) -> World {
    let mut world = World::usual(credential);
    if let Some(tenant) = world.tenant.as_mut().map(Arc::make_mut) {
        let proxies = vec![network("10.1.0.0/16").unwrap()];
        tenant.identity.sources = Sources::new(proxies, Vec::new()).unwrap();
        tenant.identity.registrations_per_minute = per_minute;
    }
    world
}

#[test]
fn who_may_write_registers_where_the_tenant_lets_them() {
    for (name, credential) in kinds() {
        let reads = name.contains("viewer") || name == "act_as read";
        let is_operator = name == "operator";
        for per_minute in [0, 1, 7] {
            let caller = open(per_minute, credential.clone()).caller();
            let lines = [("x-forwarded-for", b"198.51.100.7".as_slice())];
            let peer = "10.1.2.3".parse().ok();
            let found = registration(&caller, Headers::new(&lines), peer, Door::Library);
            let found = match found {
                Ok(found) => found,
                Err(denial) if is_operator => {
                    assert_eq!(denial.reason, Reason::CredentialMisplaced);
                    continue;
                }
                Err(denial) => {
                    assert!(reads || per_minute == 0, "{name}");
                    assert_eq!(denial.reason, Reason::AccessForbidden { needed: None });
                    continue;
                }
            };
            assert!(!reads && !is_operator && per_minute > 0, "{name}");
            assert_eq!((found.tenant(), found.per_minute()), (TENANT, per_minute));
            assert_eq!(found.client(), "198.51.100.7".parse().ok());
            let actor = found.actor();
            assert_eq!(actor.subject, Some(user("key", &KEY.to_string())));
            assert_eq!((actor.tenant, actor.door), (Some(TENANT), Door::Library));
        }
    }
}
