//! What the audit log is told: words, actors of requests and of the process itself.

use anchorhold_identity::{
    Admin, Door, JwtProblem, Missing, Reason, SignatureProblem, Source, Strength, SystemAuthority,
    Write, operator,
};
use anchorhold_model::{Isolation, NamespaceId, TenantId, TextError, TrustMode};

use crate::world::{KEY, World, kinds, of_user, user};

const JWT_PROBLEMS: [JwtProblem; 10] = [
    JwtProblem::Malformed,
    JwtProblem::Unsupported,
    JwtProblem::KeyUnknown,
    JwtProblem::Algorithm,
    JwtProblem::Mismatch,
    JwtProblem::Expired,
    JwtProblem::NotYet,
    JwtProblem::TooLong,
    JwtProblem::Subject,
    JwtProblem::Foreign,
];
const SIGNATURE_PROBLEMS: [SignatureProblem; 8] = [
    SignatureProblem::Incomplete,
    SignatureProblem::Malformed,
    SignatureProblem::KeyUnknown,
    SignatureProblem::TooOld,
    SignatureProblem::TooEarly,
    SignatureProblem::Mismatch,
    SignatureProblem::Replayed,
    SignatureProblem::BodyInPieces,
];

#[test]
fn every_refusal_has_its_own_word() {
    let retry_after_seconds = 0;
    let text = String::new;
    let header = "x-anchorhold-user";
    let words = [
        Reason::CredentialMissing,
        Reason::CredentialUnknown,
        Reason::CredentialRevoked,
        Reason::OriginForbidden,
        Reason::CredentialExpired,
        Reason::CredentialMisplaced,
        Reason::CredentialInClear,
        Reason::IdentityMissing,
        Reason::IdentityRequired,
        Reason::IdentityHeaderInvalid {
            header: header.into(),
            problem: "",
        },
        Reason::NameInvalid {
            field: header.into(),
            error: TextError::Empty,
        },
        Reason::IsolationKeyRequired,
        Reason::IdentityUnverified,
        Reason::OpenWebuiUnsigned,
        Reason::IdentityNotPermitted,
        Reason::IdentityConflict,
        Reason::NamespaceConflict,
        Reason::NamespaceForbidden { name: text() },
        Reason::AccessForbidden { needed: None },
        Reason::NamespaceNotFound,
        Reason::UserNotFound,
        Reason::SessionLimit {
            retry_after_seconds,
        },
        Reason::SandboxLimit {
            retry_after_seconds,
        },
        Reason::Unavailable,
        Reason::IssuerKeysUnavailable,
    ];
    let words: Vec<&str> = words
        .iter()
        .chain(&JWT_PROBLEMS.map(Reason::JwtInvalid))
        .chain(&SIGNATURE_PROBLEMS.map(Reason::SignatureInvalid))
        .map(Reason::as_str)
        .collect();
    insta::assert_snapshot!(words.join("\n"));
}

#[test]
fn every_strength_source_and_door_has_its_own_word() {
    let strengths = [Strength::Claimed, Strength::Asserted, Strength::Proven];
    assert_eq!(
        strengths.map(Strength::as_str),
        ["claimed", "asserted", "proven"]
    );
    let sources = [
        Source::ApiKey,
        Source::BearerMap,
        Source::Jwt,
        Source::Application,
        Source::Signature,
        Source::UserHeader,
        Source::IsolationKeyHeader,
        Source::OpenWebui,
        Source::OpenWebuiJwt,
        Source::SillyTavern,
        Source::NamedHeader,
        Source::Metadata,
        Source::Body,
        Source::Session,
        Source::Sandbox,
    ];
    assert_eq!(
        sources.map(Source::as_str),
        [
            "api_key",
            "bearer_map",
            "jwt",
            "application",
            "signature",
            "x-anchorhold-user",
            "x-isolation-key",
            "open_webui",
            "open_webui_jwt",
            "silly_tavern",
            "header",
            "metadata",
            "body",
            "session",
            "sandbox",
        ]
    );
    let doors = [Door::Http, Door::Mcp, Door::Library, Door::Background];
    let words = ["http", "mcp", "library", "background"];
    assert_eq!(doors.map(Door::as_str), words);
}

#[test]
fn an_actor_tells_who_spoke_by_which_proof_and_in_which_mode() {
    let actor = |kind: usize, mode, lines: &[(&str, &str)]| {
        let world = World::new(mode, Isolation::User, kinds()[kind].1.clone());
        let scope = world.scope::<Write>(lines, None, Missing::Reserve);
        let actor = scope.unwrap().unwrap().actor().clone();
        assert_eq!(actor.trust_mode, Some(mode));
        assert_eq!((actor.on_behalf_of, actor.door), (None, Door::Http));
        (actor.subject, actor.strength, actor.source)
    };
    let alice = [("x-anchorhold-user", "alice")];
    let key = [("x-isolation-key", "alice")];
    assert_eq!(
        actor(1, TrustMode::Strict, &[]),
        (
            Some(user("local", "alice")),
            Some(Strength::Proven),
            Some(Source::ApiKey)
        )
    );
    assert_eq!(
        actor(4, TrustMode::Required, &alice),
        (
            Some(user("local", "alice")),
            Some(Strength::Asserted),
            Some(Source::UserHeader)
        )
    );
    assert_eq!(
        actor(0, TrustMode::Legacy, &key),
        (
            Some(user("isolation-key", "alice")),
            Some(Strength::Claimed),
            Some(Source::IsolationKeyHeader)
        )
    );
    assert_eq!(actor(0, TrustMode::Legacy, &[]), (None, None, None));
}

#[test]
fn pieces_are_shown_in_their_order_and_the_strongest_decides() {
    let world = World::new(TrustMode::Legacy, Isolation::User, kinds()[1].1.clone());
    let lines = [("x-anchorhold-user", "bob"), ("x-isolation-key", "carol")];
    let (_, verdict) = world.judged(&lines).unwrap();
    assert_eq!(verdict.piece().unwrap().subject, user("local", "alice"));
    let world = World::new(TrustMode::Legacy, Isolation::User, kinds()[4].1.clone());
    let (caller, verdict) = world.judged(&lines).unwrap();
    assert_eq!(verdict.piece().unwrap().subject, user("local", "bob"));
    let headers: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let headers = anchorhold_identity::Headers::new(&headers);
    let resolution = anchorhold_identity::resolve(&caller, headers).unwrap();
    let sources: Vec<Source> = resolution
        .pieces()
        .iter()
        .map(|piece| piece.source)
        .collect();
    assert_eq!(sources, [Source::UserHeader, Source::IsolationKeyHeader]);
}

#[test]
fn the_process_acts_in_no_ones_name_and_keeps_bytes_without_a_scope() {
    let house = World::usual(kinds()[7].1.clone());
    let keeper = operator(&house.caller(), Door::Http).unwrap().custodian();
    assert_eq!(keeper.actor().credential.unwrap().key, KEY);
    let id = NamespaceId::from_bytes([3; 16]);
    let tenant = TenantId::from_bytes([2; 16]);
    let custody = keeper.of(id, tenant);
    assert_eq!((custody.namespace(), custody.tenant()), (id, tenant));

    let system = SystemAuthority::claim().expect("this file alone claims it here");
    let scope = system.scope::<Admin>(id, of_user("local", "alice"));
    assert_eq!(scope.namespace(), id);
    assert!(!scope.is_reserved() && scope.credential().is_none());
    assert_eq!(scope.actor().door, Door::Background);
    // What a chore does stands in the log of the operator, not of the tenant.
    assert_eq!(scope.actor().tenant, None);
    assert_eq!(scope.actor().subject, None);
    // A move that an admin began stands in the log of its tenant.
    let address = of_user("local", "alice");
    let moving = system.mover::<Admin>(id, address.clone());
    assert_eq!((moving.namespace(), moving.address()), (id, &address));
    assert!(!moving.is_reserved());
    assert_eq!(moving.actor().tenant, Some(address.tenant));
    assert_eq!(moving.actor().door, Door::Background);
    let (opening, hook) = (system.listener_opening(tenant), system.hook(tenant));
    let sweep = system.session_sweep(tenant);
    assert_eq!(
        [opening.tenant(), hook.tenant(), sweep.tenant()],
        [tenant; 3]
    );
    for actor in [
        system.custodian().actor(),
        system.operator().actor(),
        opening.actor(),
        hook.actor(),
        sweep.actor(),
    ] {
        assert_eq!((actor.door, actor.tenant), (Door::Background, None));
        assert!(actor.credential.is_none() && actor.subject.is_none());
    }
}
