//! One credential, found in one of two headers, living, and of a tenant that exists.

use anchorhold_crypto::TokenClass;
use anchorhold_identity::{Headers, Reason, Source, Strength, authenticate, resolve};
use anchorhold_model::{Isolation, Timestamp, TrustMode};

use crate::world::{BROUGHT, KEY, NOW, TENANT, World, plain, token};

fn reason(world: &World, lines: &[(&str, &str)]) -> Result<(), Reason> {
    let lines: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let found = authenticate(Headers::new(&lines), world, NOW);
    found.map(|_| ()).map_err(|denial| denial.reason)
}

#[test]
fn a_key_is_found_however_it_is_sent() {
    let world = World::usual(plain());
    let key = token(TokenClass::Secret);
    let bearer = format!("Bearer {key}");
    let odd = format!("bEaReR   {key} ");
    for lines in [
        &[("authorization", bearer.as_str())][..],
        &[("Authorization", odd.as_str())],
        &[("x-api-key", key.as_str())],
        &[
            ("X-API-Key", key.as_str()),
            ("authorization", bearer.as_str()),
        ],
        &[("x-api-key", key.as_str()), ("x-api-key", key.as_str())],
    ] {
        assert_eq!(reason(&world, lines), Ok(()), "{lines:?}");
    }
    let caller = world.caller();
    assert_eq!(caller.credential().key, KEY);
    assert_eq!(caller.tenant().unwrap().name.as_str(), "house");
    let denial = caller.denied(Reason::Unavailable);
    assert_eq!((denial.tenant, denial.key), (Some(TENANT), Some(KEY)));
}

#[test]
fn what_is_no_key_is_no_key_and_two_keys_are_none() {
    let world = World::usual(plain());
    let key = token(TokenClass::Secret);
    let other = anchorhold_crypto::Token::generate(
        TokenClass::Secret,
        &crate::world::Always(8),
        anchorhold_model::Stream::PROCESS,
    )
    .reveal();
    let bearer = format!("Bearer {key}");
    let basic = format!("Basic {key}");
    let publishable = token(TokenClass::Publishable);
    let operator = token(TokenClass::Operator);
    assert_eq!(reason(&world, &[]), Err(Reason::CredentialMissing));
    assert_eq!(
        reason(&world, &[("cookie", &bearer)]),
        Err(Reason::CredentialMissing)
    );
    for lines in [
        &[("authorization", key.as_str())][..],
        &[("authorization", basic.as_str())],
        &[("authorization", "Bearer")],
        &[("x-api-key", "")],
        &[("x-api-key", other.as_str())],
        &[("x-api-key", publishable.as_str())],
        &[("x-api-key", operator.as_str())],
        &[
            ("x-api-key", other.as_str()),
            ("authorization", bearer.as_str()),
        ],
        &[
            ("authorization", bearer.as_str()),
            ("authorization", basic.as_str()),
        ],
    ] {
        assert_eq!(
            reason(&world, lines),
            Err(Reason::CredentialUnknown),
            "{lines:?}"
        );
    }
    let denial = authenticate(Headers::new(&[("x-api-key", b"\xff")]), &world, NOW).err();
    let denial = denial.unwrap();
    assert_eq!(denial.reason, Reason::CredentialUnknown);
    assert_eq!((denial.tenant, denial.key), (None, None));
}

#[test]
fn a_key_ends_with_its_time_and_with_its_revocation() {
    let mut world = World::usual(plain());
    world.credential.expires_at = Some(Timestamp::from_milliseconds(1_000_001));
    assert!(world.try_caller(&[]).is_ok());
    world.credential.expires_at = Some(NOW);
    let denial = world.try_caller(&[]).err().unwrap();
    assert_eq!(denial.reason, Reason::CredentialExpired);
    assert_eq!((denial.tenant, denial.key), (Some(TENANT), Some(KEY)));
    world.credential.revoked_at = Some(NOW);
    let denial = world.try_caller(&[]).err().unwrap();
    assert_eq!(denial.reason, Reason::CredentialRevoked);
    assert_eq!((denial.tenant, denial.key), (Some(TENANT), Some(KEY)));
}

#[test]
fn a_credential_lives_for_as_long_as_it_is_taken() {
    let at = |milliseconds| Some(Timestamp::from_milliseconds(milliseconds));
    for expires_at in [None, at(999_999), Some(NOW), at(1_000_001)] {
        for revoked_at in [None, at(1), Some(NOW), at(2_000_000)] {
            let mut world = World::usual(plain());
            (world.credential.expires_at, world.credential.revoked_at) = (expires_at, revoked_at);
            let is_taken = world.try_caller(&[]).is_ok();
            assert_eq!(world.credential.is_living(NOW), is_taken);
            let lives = expires_at.is_none_or(|at| at > NOW) && revoked_at.is_none();
            assert_eq!(is_taken, lives, "{expires_at:?} {revoked_at:?}");
        }
    }
}

/// Of such texts a tenant may have mapped one to a user, so none is taken for a signed token.
#[test]
fn what_only_looks_like_a_signed_token_is_a_key_that_nobody_knows() {
    let world = World::usual(plain());
    for text in [
        "eyes-wide-open-and-shut",
        "ey.jhbGciOiJub25lIn0",
        "one.two.three.four-and-five",
        "k-eyJhbGciOiJub25lIn0.e30.",
    ] {
        let bearer = format!("Bearer {text}");
        let refused = reason(&world, &[("authorization", &bearer)]);
        assert_eq!(refused, Err(Reason::CredentialUnknown), "{text}");
    }
    let token = reason(&world, &[("x-api-key", "ey..")]);
    assert!(matches!(token, Err(Reason::JwtInvalid(_))), "{token:?}");
}

#[test]
fn a_key_of_no_tenant_is_the_operators_and_one_of_a_lost_tenant_is_nobodys() {
    let mut world = World::usual(plain());
    world.tenant = None;
    let denial = world.try_caller(&[]).err().unwrap();
    assert_eq!(denial.reason, Reason::CredentialUnknown);
    assert_eq!(denial.key, Some(KEY));
    world.credential.tenant = None;
    let operator = world.caller();
    assert!(operator.tenant().is_none());
    assert_eq!(operator.denied(Reason::Unavailable).tenant, None);
}

#[test]
fn while_the_directory_is_silent_nobody_is_anybody() {
    for question in ["credential", "tenant"] {
        let mut world = World::usual(plain());
        world.silent_at = Some(question);
        let denial = world.try_caller(&[]).err().unwrap();
        assert_eq!(denial.reason, Reason::Unavailable);
    }
    let mut world = World::new(TrustMode::Required, Isolation::User, plain());
    world.silent_at = Some("standing");
    world.credential.user = anchorhold_model::UserId::parse("alice").ok();
    let denial = world.judged(&[]).err().unwrap();
    assert_eq!(denial.reason, Reason::Unavailable);
}

#[test]
fn a_token_that_was_brought_is_final() {
    let mut carol = plain();
    carol.is_brought = true;
    carol.user = anchorhold_model::UserId::parse("carol").ok();
    let world = World::usual(carol);
    let bearer = format!("Bearer {BROUGHT}");
    for beside in [
        ("x-anchorhold-user", "victim"),
        ("X_Anchorhold_User", "victim"),
        ("x-anchorhold-user", "{{user}}"),
        ("x-isolation-key", "victim,carol"),
    ] {
        let lines = [("authorization", bearer.as_str()), beside];
        let lines = lines.map(|(name, value)| (name, value.as_bytes()));
        let headers = Headers::new(&lines);
        let caller = authenticate(headers, &world, NOW).ok().unwrap();
        let found = resolve(&caller, headers).unwrap();
        let [piece] = found.pieces() else {
            panic!("{beside:?}: {found:?}");
        };
        assert_eq!(piece.subject, crate::world::user("local", "carol"));
        assert_eq!(
            (piece.strength, piece.source),
            (Strength::Proven, Source::BearerMap)
        );
    }
    let other = reason(&world, &[("x-api-key", "nobody-brought-this-one")]);
    assert_eq!(other, Err(Reason::CredentialUnknown));
}
