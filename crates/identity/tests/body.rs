//! Users whom a body names: claims, whoever sends them, and a fallback where nothing else says anything.

use std::sync::Arc;

use anchorhold_identity::{
    Evidence, Headers, Message, Reason, Replays, Resolution, Ruling, Strength, resolve, validate,
};
use anchorhold_model::{Isolation, JsonPointer, Timestamp, TrustMode};

use crate::sources::{STRANGER, act_as};
use crate::world::{NOW, World, kinds, plain, user};

const POINTER: &str = "/metadata/user_id";

/// Where the tenant looks.
#[derive(Clone, Copy, Default)]
struct Looks {
    at_pointer: bool,
    not_at_fields: bool,
}

fn world(
    mode: TrustMode,
    credential: anchorhold_identity::CredentialRecord,
    looks: Looks,
) -> World {
    let mut world = World::new(mode, Isolation::User, credential);
    let mut tenant = (*world.tenant.take().unwrap()).clone();
    let pointer = JsonPointer::parse(POINTER).unwrap();
    tenant.identity.metadata_pointer = looks.at_pointer.then_some(pointer);
    tenant.identity.ignores_body_user = looks.not_at_fields;
    world.tenant = Some(tenant.into());
    world
}

fn resolved(world: &World, lines: &[(&str, &str)], body: &str) -> Result<Resolution, Reason> {
    let lines: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let replays = Replays::new(Timestamp::from_milliseconds(0));
    let message = Message {
        method: "POST",
        target: "/v1/chat/completions",
        body_sha256: None,
        body: Some(body.as_bytes()),
        request: [1; 16],
        arrived: NOW,
        is_again: false,
    };
    let evidence = Evidence {
        headers: Headers::new(&lines),
        message: Some((message, &replays)),
        peer: STRANGER.parse().ok(),
        visit: Arc::default(),
    };
    let caller = world.try_caller(&lines).unwrap();
    resolve(&caller, evidence).map_err(|denial| denial.reason)
}

fn said(world: &World, lines: &[(&str, &str)], body: &str) -> Vec<String> {
    let resolution = resolved(world, lines, body).unwrap();
    let piece = |piece: &anchorhold_identity::Piece| {
        assert!(
            !matches!(piece.source.as_str(), "body" | "metadata")
                || piece.strength == Strength::Claimed,
            "a body claims"
        );
        format!("{}:{}", piece.source.as_str(), piece.subject.id.as_str())
    };
    resolution.pieces().iter().map(piece).collect()
}

const BOTH: &str =
    r#"{"user": "alice", "metadata": {"user_id": "carol"}, "messages": [{"role": "user"}]}"#;

#[test]
fn the_fields_of_a_body_name_a_user_where_nothing_else_does() {
    let all = Looks::default();
    let off = Looks {
        not_at_fields: true,
        ..all
    };
    let at = Looks {
        at_pointer: true,
        ..all
    };
    let plain_world = |looks| world(TrustMode::Legacy, plain(), looks);
    assert_eq!(said(&plain_world(all), &[], BOTH), ["body:alice"]);
    assert_eq!(said(&plain_world(off), &[], BOTH), [""; 0]);
    assert_eq!(said(&plain_world(at), &[], BOTH), ["metadata:carol"]);
    // What the newer field says counts before the older one.
    let newer = r#"{"user": "alice", "safety_identifier": "dave"}"#;
    assert_eq!(said(&plain_world(all), &[], newer), ["body:dave"]);
    // Whatever else says who it is, the fields are not looked at; the configured place is.
    let header = [("x-anchorhold-user", "bob")];
    let header_said = "x-anchorhold-user:bob";
    assert_eq!(said(&plain_world(all), &header, BOTH), [header_said]);
    assert_eq!(
        said(&plain_world(at), &header, BOTH),
        [header_said, "metadata:carol"]
    );
    for (name, credential) in kinds() {
        let has_user = credential.user.is_some();
        let world = world(TrustMode::Legacy, credential, all);
        if world.tenant.is_some() && has_user {
            let pieces = said(&world, &[], BOTH);
            assert!(
                !pieces.iter().any(|piece| piece.starts_with("body")),
                "{name}"
            );
        }
    }
}

#[test]
fn a_body_is_believed_in_no_mode_that_demands_more_than_a_word() {
    for looks in [
        Looks::default(),
        Looks {
            at_pointer: true,
            ..Looks::default()
        },
    ] {
        for (mode, ruling) in [
            (TrustMode::Strict, Ruling::IdentityUnverified),
            (TrustMode::Required, Ruling::IdentityNotPermitted),
            (TrustMode::Quarantine, Ruling::Sandbox),
            (TrustMode::Legacy, Ruling::OwnWithAdvisory),
        ] {
            // The right to say who the user is does not make a body more than a claim.
            for credential in [plain(), act_as()] {
                let world = world(mode, credential, looks);
                let resolution = resolved(&world, &[], BOTH).unwrap();
                let caller = world.caller();
                let verdict = validate(&caller, resolution, &world).unwrap();
                assert_eq!(verdict.ruling(), ruling, "{mode:?}");
                let name = if looks.at_pointer { "carol" } else { "alice" };
                assert_eq!(verdict.piece().unwrap().subject, user("body", name));
            }
        }
        // Beside what an application says it disagrees and decides nothing.
        let world = world(TrustMode::Required, act_as(), looks);
        let resolution = resolved(&world, &[("x-anchorhold-user", "bob")], BOTH).unwrap();
        let verdict = validate(&world.caller(), resolution, &world).unwrap();
        assert_eq!(verdict.ruling(), Ruling::Own);
        assert_eq!(verdict.piece().unwrap().subject, user("local", "bob"));
    }
}

#[test]
fn what_is_no_name_is_refused_and_what_is_no_json_says_nothing() {
    let looks = Looks {
        at_pointer: true,
        ..Looks::default()
    };
    let world = world(TrustMode::Legacy, plain(), looks);
    for body in [
        "",
        "[]",
        "{",
        "{}",
        r#"{"user": null}"#,
        r#"{"metadata": 7}"#,
    ] {
        assert_eq!(said(&world, &[], body), [""; 0], "{body}");
    }
    for (body, field) in [
        (r#"{"user": 7}"#, "user"),
        (r#"{"user": {"id": "alice"}}"#, "user"),
        (r#"{"user": "{{user}}"}"#, "user"),
        (r#"{"safety_identifier": "{{user}}"}"#, "safety_identifier"),
        (r#"{"metadata": {"user_id": ["alice"]}}"#, POINTER),
    ] {
        match resolved(&world, &[], body) {
            Err(Reason::IdentityHeaderInvalid { header, .. }) => assert_eq!(header, field),
            other => panic!("{body}: {:?}", other.is_ok()),
        }
    }
    for body in [
        r#"{"user": ""}"#,
        r#"{"user": " alice"}"#,
        "{\"user\": \"a\u{200b}\"}",
    ] {
        let refused = resolved(&world, &[], body).err();
        assert!(
            matches!(refused, Some(Reason::NameInvalid { .. })),
            "{body}: {refused:?}"
        );
    }
}
