//! What a listener says of its requests: whose one is that shows nothing, and what is demanded at least.

use std::fmt::Write as _;

use anchorhold_crypto::TokenClass;
use anchorhold_identity::{
    Caller, Denial, Fetching, Headers, ListenerPolicy, Reason, authenticate_by, creation, listing,
    operator, tenant_admin,
};
use anchorhold_identity::{Door, Missing, Read};
use anchorhold_model::{Isolation, TenantId, TrustMode};

use crate::places::{HEADERS, MODES};
use crate::world::{KEY, NOW, TENANT, World, kinds, name, plain, token};

const STRATEGIES: [Isolation; 4] = [
    Isolation::User,
    Isolation::Session,
    Isolation::Custom,
    Isolation::None,
];
const OURS: ListenerPolicy = ListenerPolicy {
    tenant: Some(TENANT),
    trust_mode: None,
};

/// A world whose listener has its tenant.
fn open(trust_mode: TrustMode, isolation: Isolation) -> World {
    let mut world = World::new(trust_mode, isolation, plain());
    world.listener = OURS;
    world
}

fn judged(
    world: &World,
    listener: ListenerPolicy,
    lines: &[(&str, &[u8])],
) -> Result<Caller, Denial> {
    let headers = Headers::new(lines);
    authenticate_by(headers, (listener, None), world, Fetching::Now, NOW)
}

#[test]
fn who_shows_nothing_gets_where_a_plain_key_gets() {
    let mut table = String::new();
    for isolation in STRATEGIES {
        writeln!(table, "{isolation:?}").unwrap();
        for (sent, lines) in HEADERS {
            write!(table, "  {sent:<23}").unwrap();
            for mode in MODES {
                let shown = open(mode, isolation).rights(lines, None);
                let by_key = World::new(mode, isolation, plain()).rights(lines, None);
                assert_eq!(shown, by_key, "{isolation:?} {mode:?} {sent}");
                write!(table, " {shown:<24}").unwrap();
            }
            table = table.trim_end().to_owned() + "\n";
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn who_shows_nothing_manages_nothing_and_reaches_no_name() {
    let world = open(TrustMode::Legacy, Isolation::None);
    let caller = world.caller();
    assert!(caller.is_anonymous());
    assert!(operator(&caller, Door::Http).is_err());
    let verdict = || world.judged(&[]).map(|(_, verdict)| verdict);
    assert!(tenant_admin(&caller, verdict, Door::Http).is_err());
    assert!(creation(&caller, name("org/acme"), Door::Http).is_err());
    assert!(!listing(&caller).unwrap().covers(&name("org/acme")));
    let named = world.scope::<Read>(&[], Some("org/acme"), Missing::Empty);
    let denial = named.err().unwrap();
    let name = "org/acme".to_owned();
    assert_eq!(
        denial,
        Denial::of_stranger(Reason::NamespaceForbidden { name })
    );
}

#[test]
fn a_credential_that_fails_never_falls_through_to_the_listener() {
    let mut world = World::usual(plain());
    let ours = format!("Bearer {}", token(TokenClass::Secret));
    let other = token(TokenClass::Publishable);
    let jwt = b"Bearer eyJhbGciOiJub25lIn0.e30.".as_slice();
    let failing: [&[(&str, &[u8])]; 9] = [
        &[("authorization", b"")],
        &[("authorization", b"Basic YTpi")],
        &[("authorization", b"Bearer ")],
        &[("authorization", b"Bearer \xff")],
        &[("authorization", b"Bearer nobody-knows-this-token")],
        &[("authorization", jwt)],
        &[("x-api-key", b"")],
        &[("x-api-key", other.as_bytes())],
        &[
            ("authorization", ours.as_bytes()),
            ("x-api-key", other.as_bytes()),
        ],
    ];
    for lines in failing {
        let with = judged(&world, OURS, lines).err().unwrap();
        let without = judged(&world, ListenerPolicy::default(), lines)
            .err()
            .unwrap();
        assert_eq!(with, without, "{lines:?}");
        assert_ne!(with.reason, Reason::CredentialMissing, "{lines:?}");
    }
    let ours = [("authorization", ours.as_bytes())];
    world.credential.expires_at = Some(NOW);
    let denial = judged(&world, OURS, &ours).err().unwrap();
    assert_eq!(denial.reason, Reason::CredentialExpired);
    world.credential.revoked_at = Some(NOW);
    let denial = judged(&world, OURS, &ours).err().unwrap();
    assert_eq!(denial.reason, Reason::CredentialRevoked);
}

#[test]
fn a_credential_is_its_own_tenants_whatever_the_listener_says() {
    let world = World::usual(plain());
    let bearer = format!("Bearer {}", token(TokenClass::Secret));
    let elsewhere = ListenerPolicy {
        tenant: Some(TenantId::from_bytes([2; 16])),
        trust_mode: None,
    };
    let lines = [("authorization", bearer.as_bytes())];
    let caller = judged(&world, elsewhere, &lines).ok().unwrap();
    assert_eq!(caller.tenant().unwrap().id, TENANT);
    assert!(!caller.is_anonymous());
    let denial = caller.denied(Reason::IdentityRequired);
    assert_eq!((denial.tenant, denial.key), (Some(TENANT), Some(KEY)));
}

/// Everybody can send nothing, so nothing of it stands in a log that the tenant reads.
#[test]
fn refusals_of_who_shows_nothing_are_those_of_strangers() {
    for isolation in STRATEGIES {
        for mode in MODES {
            for (_, lines) in HEADERS {
                let world = open(mode, isolation);
                if let Err(denial) = world.scope::<Read>(lines, None, Missing::Empty) {
                    assert_eq!((denial.tenant, denial.key), (None, None), "{denial:?}");
                }
            }
        }
    }
}

#[test]
fn once_the_key_of_the_listener_is_revoked_a_credential_is_missing() {
    let mut world = open(TrustMode::Required, Isolation::None);
    world.credential.revoked_at = Some(NOW);
    let missing = Denial::of_stranger(Reason::CredentialMissing);
    assert_eq!(world.try_caller(&[]).err(), Some(missing.clone()));
    // Nor is there anybody without a listener that says so, or with one of a tenant that is gone.
    let world = World::usual(plain());
    let denial = judged(&world, ListenerPolicy::default(), &[]).err();
    assert_eq!(denial, Some(missing.clone()));
    let mut world = open(TrustMode::Required, Isolation::None);
    world.tenant = None;
    assert_eq!(world.try_caller(&[]).err(), Some(missing));
    // Who cannot tell says so.
    let mut world = open(TrustMode::Required, Isolation::None);
    world.silent_at = Some("credential");
    let denial = world.try_caller(&[]).err().unwrap();
    assert_eq!(denial.reason, Reason::Unavailable);
}

/// In every case a tenant on a listener is as one that demands the stricter of the two by itself.
#[test]
fn what_a_listener_demands_is_demanded_as_if_the_tenant_did() {
    for isolation in STRATEGIES {
        for (kind, credential) in kinds() {
            for (sent, lines) in HEADERS {
                for (of_tenant, here) in MODES.iter().flat_map(|one| MODES.map(|two| (*one, two))) {
                    let mut world = World::new(of_tenant, isolation, credential.clone());
                    world.listener.trust_mode = Some(here);
                    let both = of_tenant.stricter(here);
                    let alike = World::new(both, isolation, credential.clone());
                    assert_eq!(
                        world.rights(lines, None),
                        alike.rights(lines, None),
                        "{isolation:?} {kind} {sent} {of_tenant:?} {here:?}"
                    );
                }
            }
        }
    }
}
