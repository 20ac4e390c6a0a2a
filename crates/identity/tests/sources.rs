//! Headers that name a user: which are read, how far each is believed, what a tenant changes.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;

use anchorhold_identity::{
    ActAs, CredentialRecord, Evidence, Headers, JwtProblem, Reason, Source, Strength,
    open_webui_keys, resolve, validate,
};
use anchorhold_model::{HeaderKind, HeaderSource, Isolation, Sources, Trust, TrustMode, network};

use crate::jwt::signed;
use crate::world::{World, kinds, plain};

pub(crate) const SECRET: &str = "a secret of thirty-two bytes, ok";
const OTHER: &str = "another secret of that many byte";
pub(crate) const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// As Open WebUI makes it: the clock of the world stands at 1,000.
pub(crate) const CLAIMS: &str = r#"{"sub":"b1946ac9","email":"eve@example.org","name":"Eve","role":"user","iss":"open-webui","iat":990,"exp":1290}"#;

const PROXY: &str = "10.1.2.3";
pub(crate) const STRANGER: &str = "192.0.2.9";

pub(crate) fn act_as() -> CredentialRecord {
    CredentialRecord {
        act_as: Some(ActAs::Full),
        ..plain()
    }
}

fn named(header: &str, trust: Trust) -> HeaderSource {
    HeaderSource::new(HeaderKind::Named, Some(header), trust, false).unwrap()
}

/// A world whose tenant trusts a network and reads these headers first.
fn world(mode: TrustMode, credential: CredentialRecord, headers: Vec<HeaderSource>) -> World {
    with_secret(mode, credential, headers, None)
}

fn with_secret(
    mode: TrustMode,
    credential: CredentialRecord,
    headers: Vec<HeaderSource>,
    secret: Option<&str>,
) -> World {
    let mut world = World::new(mode, Isolation::User, credential);
    let mut tenant = (*world.tenant.take().unwrap()).clone();
    let proxies = vec![network("10.1.0.0/16").unwrap()];
    tenant.identity.sources = Sources::new(proxies, headers).unwrap();
    tenant.identity.open_webui = secret.and_then(|secret| open_webui_keys(secret.to_owned()));
    assert_eq!(tenant.identity.open_webui.is_some(), secret.is_some());
    world.tenant = Some(tenant.into());
    world
}

/// What a request from this peer is taken for: the pieces, and what the tables make of them.
pub(crate) fn outcome(world: &World, peer: &str, lines: &[(&str, &str)]) -> Result<String, Reason> {
    let lines: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let caller = world.try_caller(&lines).unwrap();
    let peer: IpAddr = peer.parse().unwrap();
    let evidence = Evidence {
        headers: Headers::new(&lines),
        message: None,
        peer: Some(peer),
        visit: Arc::default(),
    };
    let resolution = resolve(&caller, evidence).map_err(|denial| denial.reason)?;
    let verdict = validate(&caller, resolution, world).map_err(|denial| denial.reason)?;
    let decided = verdict.piece().map_or("nobody".to_owned(), |piece| {
        let (issuer, id) = (piece.subject.issuer.as_str(), piece.subject.id.as_str());
        let (strength, source) = (piece.strength.as_str(), piece.source.as_str());
        format!("{issuer}:{id} {strength} by {source}")
    });
    Ok(format!("{decided}, {:?}", verdict.ruling()))
}

/// Each header, each trust, each sender, each mode: what comes of it.
#[test]
fn a_header_is_worth_what_its_sender_is_and_a_tenant_only_makes_it_less() {
    let mut table = String::new();
    let trusts = [Trust::Always, Trust::Auto, Trust::Claimed, Trust::Never];
    let senders = [
        ("act_as", act_as(), STRANGER),
        ("proxy", plain(), PROXY),
        ("anybody", plain(), STRANGER),
    ];
    let kinds = [
        HeaderKind::User,
        HeaderKind::IsolationKey,
        HeaderKind::OpenWebui,
        HeaderKind::SillyTavern,
        HeaderKind::Named,
    ];
    let modes = [TrustMode::Strict, TrustMode::Required, TrustMode::Legacy];
    for kind in kinds {
        for trust in trusts {
            let own = (kind == HeaderKind::Named).then_some("x-remote-user");
            let source = HeaderSource::new(kind, own, trust, false).unwrap();
            let header = source.header.as_str().to_owned();
            for (sender, credential, peer) in &senders {
                for mode in modes {
                    let world = world(mode, credential.clone(), vec![source.clone()]);
                    let outcome = outcome(&world, peer, &[(&header, "alice")]);
                    let said = outcome.unwrap_or_else(|reason| reason.as_str().to_owned());
                    writeln!(
                        table,
                        "{header} {trust:?} from {sender} in {mode:?}: {said}"
                    )
                    .unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!(table);
    // INVARIANT: a peer in no trusted network with a key that may not say who a user is gets no
    // further than a claim, whatever the tenant configured.
    let of_anybody = table.lines().filter(|line| line.contains("from anybody"));
    assert!(of_anybody.clone().count() > 0);
    for line in of_anybody {
        assert!(
            !line.contains("asserted") && !line.contains("proven"),
            "{line}"
        );
    }
}

#[test]
fn open_webui_signs_once_a_secret_is_shared() {
    let strict = |secret| with_secret(TrustMode::Strict, plain(), Vec::new(), secret);
    let world = strict(Some(SECRET));
    let token = |claims: &str, secret: &str| signed(HEADER, claims, secret);
    let of =
        |world: &World, token: &str| outcome(world, STRANGER, &[("X-OpenWebUI-User-Jwt", token)]);
    let invalid = |problem| Err(Reason::JwtInvalid(problem));
    assert_eq!(
        of(&world, &token(CLAIMS, SECRET)).unwrap(),
        "owui:b1946ac9 proven by open_webui_jwt, Own"
    );
    // It makes a token once for a turn of a conversation, which may take longer.
    let ended = |at: &str| CLAIMS.replace("\"exp\":1290", &format!("\"exp\":{at}"));
    for at in ["941", "1660"] {
        assert!(of(&world, &token(&ended(at), SECRET)).is_ok());
    }
    for (claims, secret, problem) in [
        (CLAIMS.to_owned(), OTHER, JwtProblem::Mismatch),
        (ended("940"), SECRET, JwtProblem::Expired),
        (ended("1661"), SECRET, JwtProblem::TooLong),
        (
            CLAIMS.replace(",\"exp\":1290", ""),
            SECRET,
            JwtProblem::Expired,
        ),
        (
            CLAIMS.replace("open-webui", "open-webui2"),
            SECRET,
            JwtProblem::Foreign,
        ),
        (
            CLAIMS.replace("\"sub\":\"b1946ac9\",", ""),
            SECRET,
            JwtProblem::Subject,
        ),
    ] {
        assert_eq!(of(&world, &token(&claims, secret)), invalid(problem));
    }
    let none = signed(r#"{"alg":"none"}"#, CLAIMS, SECRET);
    assert_eq!(of(&world, &none), invalid(JwtProblem::Algorithm));
    // A proof that nobody can check is not as if it were absent.
    let unset = strict(None);
    let token = token(CLAIMS, SECRET);
    assert_eq!(of(&unset, &token), invalid(JwtProblem::KeyUnknown));
    // Unless the tenant reads nothing of Open WebUI's.
    let never = HeaderSource::new(HeaderKind::OpenWebui, None, Trust::Never, false).unwrap();
    let off = with_secret(TrustMode::Strict, plain(), vec![never], Some(SECRET));
    assert_eq!(of(&off, &token).unwrap(), "nobody, IdentityMissing");
    // Or believes it less.
    let less = HeaderSource::new(HeaderKind::OpenWebui, None, Trust::Claimed, false).unwrap();
    let less = with_secret(TrustMode::Legacy, plain(), vec![less], Some(SECRET));
    assert_eq!(
        of(&less, &token).unwrap(),
        "owui:b1946ac9 claimed by open_webui_jwt, OwnWithAdvisory"
    );
}

/// A19: Open WebUI falls back to plain headers when it cannot sign, and so does whoever wants to pass
/// for it.
#[test]
fn a19_plain_headers_of_open_webui_are_refused_once_a_secret_is_set() {
    let token = signed(HEADER, CLAIMS, SECRET);
    let plain_alone = [("x-openwebui-user-id", "b1946ac9")];
    let both = [
        ("x-openwebui-user-jwt", token.as_str()),
        ("x-openwebui-user-id", "b1946ac9"),
    ];
    for mode in [TrustMode::Strict, TrustMode::Required, TrustMode::Legacy] {
        for (credential, peer) in [(act_as(), STRANGER), (plain(), PROXY), (plain(), STRANGER)] {
            let world = with_secret(mode, credential, Vec::new(), Some(SECRET));
            for lines in [&plain_alone[..], &both[..]] {
                let refused = outcome(&world, peer, lines);
                assert_eq!(refused, Err(Reason::OpenWebuiUnsigned));
            }
        }
    }
}

/// A22: a peer on the same machine is nobody special.
#[test]
fn a22_a_peer_on_loopback_is_believed_no_more_than_any_other() {
    let lines = [("x-anchorhold-user", "alice")];
    let world = World::new(TrustMode::Strict, Isolation::User, plain());
    for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(
            outcome(&world, peer, &lines).unwrap(),
            "local:alice claimed by x-anchorhold-user, IdentityUnverified"
        );
    }
}

#[test]
fn a_claim_beside_a_key_of_ones_own_is_no_conflict_and_a_header_of_ours_is_one() {
    let alice = kinds()[1].1.clone();
    let world = |headers| world(TrustMode::Required, alice.clone(), headers);
    let remote = || vec![named("x-remote-user", Trust::Always)];
    let of = |headers, peer, header, value| outcome(&world(headers), peer, &[(header, value)]);
    let own = "local:alice proven by api_key, Own";
    let conflict = "local:alice proven by api_key, IdentityConflict";
    for header in ["x-openwebui-user-id", "x-st-user", "x-remote-user"] {
        assert_eq!(of(remote(), STRANGER, header, "bob").unwrap(), own);
    }
    // What a proxy asserts in its own header is more than a claim, and what it lets pass is not.
    assert_eq!(
        of(remote(), PROXY, "x-remote-user", "bob").unwrap(),
        conflict
    );
    assert_eq!(of(remote(), PROXY, "x-st-user", "bob").unwrap(), own);
    for header in ["x-anchorhold-user", "x-isolation-key"] {
        assert_eq!(of(Vec::new(), STRANGER, header, "bob").unwrap(), conflict);
        // Also where it is believed less or not read for anybody else.
        for trust in [Trust::Claimed, Trust::Auto, Trust::Never] {
            let kinds = [HeaderKind::User, HeaderKind::IsolationKey];
            let less = kinds.map(|kind| HeaderSource::new(kind, None, trust, false).unwrap());
            let of = of(less.to_vec(), STRANGER, header, "bob");
            assert_eq!(of.unwrap(), conflict, "{trust:?}");
        }
    }
    assert_eq!(
        of(Vec::new(), STRANGER, "x-anchorhold-user", "alice").unwrap(),
        own
    );
    // The users of two clients are two people, however they are spelled.
    let both = [("x-openwebui-user-id", "alice"), ("x-st-user", "alice")];
    let required = self::world(TrustMode::Required, act_as(), Vec::new());
    let conflict = outcome(&required, STRANGER, &both).unwrap();
    assert!(conflict.ends_with("IdentityConflict"), "{conflict}");
}

#[test]
fn the_order_of_the_tenant_decides_among_equals_and_strength_before_it() {
    let lines = [("x-st-user", "tavern"), ("x-remote-user", "remote")];
    let usual = |kind| HeaderSource::usual(kind).unwrap();
    let orders = [
        vec![
            usual(HeaderKind::SillyTavern),
            named("x-remote-user", Trust::Always),
        ],
        vec![
            named("x-remote-user", Trust::Always),
            usual(HeaderKind::SillyTavern),
        ],
        // Last, and still the stronger one.
        vec![
            HeaderSource::new(HeaderKind::SillyTavern, None, Trust::Claimed, false).unwrap(),
            named("x-remote-user", Trust::Always),
        ],
    ];
    let outcomes = orders.map(|headers| {
        let world = world(TrustMode::Legacy, act_as(), headers);
        outcome(&world, STRANGER, &lines).unwrap()
    });
    assert_eq!(
        outcomes,
        [
            "st:tavern asserted by silly_tavern, OwnWithAdvisory",
            "header:x-remote-user:remote asserted by header, OwnWithAdvisory",
            "header:x-remote-user:remote asserted by header, Own",
        ]
    );
}

#[test]
fn a_named_header_may_name_the_users_of_x_anchorhold_user_on_purpose() {
    let joined = HeaderSource::new(
        HeaderKind::Named,
        Some("x-remote-user"),
        Trust::Always,
        true,
    );
    let world = world(TrustMode::Required, plain(), vec![joined.unwrap()]);
    let lines = [("x-remote-user", "alice"), ("x-anchorhold-user", "alice")];
    assert_eq!(
        outcome(&world, PROXY, &lines).unwrap(),
        "local:alice asserted by header, Own"
    );
}

/// A20: a template that nobody filled in is nobody, and every other form that proxies disagree about.
#[test]
fn a20_a_header_that_can_be_read_in_two_ways_is_refused() {
    let world = world(
        TrustMode::Legacy,
        act_as(),
        vec![named("x-remote-user", Trust::Always)],
    );
    for header in [
        "x-anchorhold-user",
        "x-isolation-key",
        "x-openwebui-user-id",
        "x-openwebui-user-jwt",
        "x-st-user",
        "x-remote-user",
    ] {
        let twin = header.replacen('-', "_", 2);
        for (lines, problem) in [
            (
                vec![(header, "{{user}}")],
                "holds a template that was not filled in",
            ),
            (vec![(header, "a,b")], "holds a list"),
            (vec![(header, "a"), (header, "a")], "is sent more than once"),
            (
                vec![(header, "a"), (&*twin, "a")],
                "has a twin written with underscores",
            ),
            (vec![(&*twin, "a")], "has a twin written with underscores"),
        ] {
            let refused = outcome(&world, STRANGER, &lines);
            let expected = Reason::IdentityHeaderInvalid {
                header: header.to_owned().into(),
                problem,
            };
            assert_eq!(refused, Err(expected), "{lines:?}");
        }
    }
    // What is not read is not judged either.
    let never = named("x-remote-user", Trust::Never);
    let world = self::world(TrustMode::Legacy, plain(), vec![never]);
    let unread = outcome(&world, STRANGER, &[("x-remote-user", "{{user}}")]);
    assert_eq!(unread.unwrap(), "nobody, SharedWithAdvisory");
}

#[test]
fn a_token_that_the_tenant_mapped_is_final_beside_every_header() {
    let brought = CredentialRecord {
        is_brought: true,
        ..kinds()[1].1.clone()
    };
    let world = with_secret(TrustMode::Required, brought, Vec::new(), Some(SECRET));
    let lines = [
        ("x-openwebui-user-id", "mallory"),
        ("x-st-user", "{{user}}"),
        ("x-anchorhold-user", "mallory"),
    ];
    assert_eq!(
        outcome(&world, PROXY, &lines).unwrap(),
        "local:alice proven by bearer_map, Own"
    );
    assert!(Strength::Proven > Strength::Asserted && Source::BearerMap.is_credential());
}
