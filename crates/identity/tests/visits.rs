//! What a request leaves behind for its reply and for limits, whatever it was let in to.

use std::sync::Arc;

use anchorhold_identity::{
    Denial, Door, Evidence, Headers, IsolationKey, Missing, Scope, Visit, Write, enforce, resolve,
    validate,
};
use anchorhold_model::{
    HeaderKind, HeaderSource, Isolation, Sources, Trust, TrustMode, UserId, network,
};

use crate::application::hooked;
use crate::jwt;
use crate::places::{HEADERS, MODES};
use crate::world::{World, kinds, plain};

const STRATEGIES: [Isolation; 4] = [
    Isolation::User,
    Isolation::Session,
    Isolation::Custom,
    Isolation::None,
];

/// A write from this peer, and what it leaves behind.
fn written(
    world: &World,
    lines: &[(&str, &str)],
    peer: &str,
) -> (Result<Option<Scope<Write>>, Denial>, Arc<Visit>) {
    let visit = Arc::new(Visit::default());
    let lines: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let evidence = Evidence {
        peer: peer.parse().ok(),
        visit: Arc::clone(&visit),
        ..Evidence::from(Headers::new(&lines))
    };
    let go = || {
        let caller = world.try_caller(&lines)?;
        let verdict = validate(&caller, resolve(&caller, evidence)?, world)?;
        enforce(&caller, &verdict, None, Missing::Reserve, Door::Http, world)
    };
    (go(), visit)
}

#[test]
fn a_reply_says_that_an_identity_is_not_proved_wherever_the_log_does() {
    let mut told = 0;
    for isolation in STRATEGIES {
        for mode in MODES {
            for (kind, credential) in kinds() {
                for (sent, lines) in HEADERS {
                    let world = World::new(mode, isolation, credential.clone());
                    let (scope, visit) = written(&world, lines, "192.0.2.9");
                    let advisory = scope.is_ok_and(|scope| scope.unwrap().actor().advisory);
                    if advisory {
                        assert!(visit.has_advisory(), "{isolation:?} {mode:?} {kind} {sent}");
                        assert_eq!(mode, TrustMode::Legacy);
                        told += 1;
                    }
                }
            }
        }
    }
    assert!(told > 20, "{told}");
}

/// An address changes hands. Where each identity is proved, its tenant has settled whose it is.
#[test]
fn a_user_named_by_an_address_is_told_so_unless_everything_is_proved() {
    for (id, is_address) in [("alice", false), ("alice@example.org", true)] {
        for mode in MODES {
            let mut key = plain();
            key.user = UserId::parse(id).ok();
            let world = World::new(mode, Isolation::User, key);
            let (scope, visit) = written(&world, &[], "192.0.2.9");
            let expected = is_address && mode != TrustMode::Strict;
            assert_eq!(scope.unwrap().unwrap().actor().advisory, expected);
            assert_eq!(visit.has_advisory(), expected, "{id} {mode:?}");
        }
    }
}

#[test]
fn limits_of_sessions_and_sandboxes_are_told_where_a_request_came_from() {
    let forwarded = [("x-forwarded-for", "203.0.113.9, 198.51.100.7")];
    for (isolation, mode) in [
        (Isolation::Session, TrustMode::Required),
        (Isolation::User, TrustMode::Quarantine),
    ] {
        for (peer, client) in [("10.1.2.3", "198.51.100.7"), ("192.0.2.9", "192.0.2.9")] {
            let mut world = World::new(mode, isolation, plain());
            let tenant = world.tenant.as_mut().map(Arc::make_mut).unwrap();
            let proxies = vec![network("10.1.0.0/16").unwrap()];
            tenant.identity.sources = Sources::new(proxies, Vec::new()).unwrap();
            assert!(written(&world, &forwarded, peer).0.is_ok());
            let clients = world.clients.lock().unwrap();
            assert_eq!(*clients, [client.parse().ok()], "{isolation:?}");
        }
    }
}

/// INVARIANT: our own headers never contradict a credential with a user of its own unseen.
#[test]
fn who_is_proved_is_contradicted_by_our_headers_even_where_a_tenant_reads_none() {
    let unread = |mut world: World| {
        let kinds = [HeaderKind::User, HeaderKind::IsolationKey];
        let headers = kinds.map(|kind| HeaderSource::new(kind, None, Trust::Never, false).unwrap());
        let tenant = world.tenant.as_mut().map(Arc::make_mut).unwrap();
        tenant.identity.sources = Sources::new(Vec::new(), headers.to_vec()).unwrap();
        world
    };
    let required = |credential| World::new(TrustMode::Required, Isolation::User, credential);
    let token = format!("Bearer {}", jwt::usual());
    let mut by_token = unread(required(plain()));
    by_token.issuer = Some(jwt::issuer());
    let alice = IsolationKey::user("alice").unwrap();
    let by_application = hooked(TrustMode::Required, Isolation::User, Some(alice));
    let proofs: [(World, &[(&str, &str)]); 3] = [
        (unread(required(kinds()[1].1.clone())), &[]),
        (by_token, &[("authorization", &token)]),
        (unread(by_application), &[]),
    ];
    for (world, proof) in proofs {
        assert!(world.rights(proof, None).ends_with(":alice rwea"));
        for header in ["x-anchorhold-user", "x-isolation-key"] {
            let lines = [proof, &[(header, "bob")]].concat();
            assert_eq!(world.rights(&lines, None), "identity_conflict", "{header}");
        }
    }
    // Where nobody is proved they are not looked at.
    let nobody = unread(required(kinds()[4].1.clone()));
    let lines = [("x-anchorhold-user", "{{user}}")];
    assert_eq!(nobody.rights(&lines, None), "identity_required");
}
