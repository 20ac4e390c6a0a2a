//! Strategy `session`: whoever shows the id of a living session is in it, and nothing else leads there.

use std::sync::Arc;

use anchorhold_identity::{
    Beginning, Denial, Door, Evidence, Headers, Missing, NamedSession, Opened, Read, Reason, Scope,
    Source, Strength, Subject, Visit, Write, enforce, resolve, session_erasure, validate,
};
use anchorhold_model::{
    ClientIds, Isolation, Place, SessionCookie, SessionHandle, SessionId, TrustMode,
};

use crate::world::{World, kinds, plain, user};

const UUID: &str = "0b9f3c52-8d1e-4c7a-9f00-1234567890ab";
const MODES: [TrustMode; 4] = [
    TrustMode::Strict,
    TrustMode::Required,
    TrustMode::Quarantine,
    TrustMode::Legacy,
];

fn world(mode: TrustMode) -> World {
    World::new(mode, Isolation::Session, plain())
}

fn with(mut world: World, change: impl FnOnce(&mut anchorhold_model::SessionPolicy)) -> World {
    let tenant = world.tenant.as_mut().map(Arc::make_mut).unwrap();
    change(&mut tenant.identity.sessions);
    world
}

/// The scope of a request, and the session that it was in.
fn visit(
    world: &World,
    visit: &Arc<Visit>,
    lines: &[(&str, &str)],
) -> Result<Scope<Write>, Denial> {
    let lines: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let caller = world.try_caller(&lines)?;
    let evidence = Evidence {
        headers: Headers::new(&lines),
        message: None,
        peer: None,
        visit: Arc::clone(visit),
    };
    let resolution = resolve(&caller, evidence)?;
    let verdict = validate(&caller, resolution, world)?;
    let missing = Missing::Reserve;
    let scope = enforce(&caller, &verdict, None, missing, Door::Http, world)?;
    Ok(scope.unwrap())
}

fn entered(world: &World, lines: &[(&str, &str)]) -> Result<(Opened, Scope<Write>), Reason> {
    let cell = Arc::default();
    let scope = visit(world, &cell, lines).map_err(|denial| denial.reason)?;
    Ok((cell.opened().unwrap(), scope))
}

fn session_of(scope: &Scope<Write>) -> SessionHandle {
    match scope.address().place {
        Place::Session(session) => session,
        ref place => panic!("{place:?}"),
    }
}

#[test]
fn without_an_id_a_session_begins_in_every_mode_but_strict() {
    for mode in MODES {
        let world = world(mode);
        match entered(&world, &[]) {
            Ok((opened, scope)) => {
                assert_ne!(mode, TrustMode::Strict);
                assert_eq!(opened.beginning, Beginning::New);
                assert_eq!(session_of(&scope), opened.handle);
            }
            Err(reason) => {
                assert_eq!((mode, reason), (TrustMode::Strict, Reason::IdentityMissing));
                assert!(!world.asked().contains(&"session_begin"));
            }
        }
    }
}

#[test]
fn a_living_id_leads_into_its_session_in_every_mode_and_proves_it_alone() {
    for mode in MODES {
        let world = world(mode);
        let id = SessionId::parse(UUID).unwrap();
        let handle = SessionHandle::from_bytes([3; 16]);
        world.sessions.lock().unwrap().insert(id, handle);
        for text in [UUID.to_owned(), id.reveal()] {
            let (opened, scope) = entered(&world, &[("x-session-id", &text)]).unwrap();
            assert_eq!(opened.beginning, Beginning::Continued);
            assert_eq!(session_of(&scope), handle);
            let actor = scope.actor();
            assert_eq!(actor.subject, Some(user("session", &handle.to_string())));
            assert_eq!(actor.strength, Some(Strength::Proven));
            assert_eq!(actor.source, Some(Source::Session));
        }
    }
}

#[test]
fn whatever_is_no_living_id_leads_into_a_new_session() {
    let digits = UUID.replace('-', "");
    let upper = digits.to_uppercase();
    let longer = format!("{digits}0");
    for shown in [
        "",
        "../../shared",
        &digits,
        &digits.replacen('0', "", 1),
        &longer,
        &upper,
        UUID,
    ] {
        let world = world(TrustMode::Required);
        let (opened, _) = entered(&world, &[("x-session-id", shown)]).unwrap();
        assert_eq!(opened.beginning, Beginning::Replaced, "{shown:?}");
        assert_ne!(Some(opened.id), SessionId::parse(shown));
    }
}

#[test]
fn an_id_that_a_client_drew_is_taken_where_the_tenant_says_so() {
    let adopting = || {
        with(world(TrustMode::Required), |sessions| {
            sessions.client_ids = ClientIds::Adopt;
        })
    };
    let world = adopting();
    let (opened, scope) = entered(&world, &[("x-session-id", UUID)]).unwrap();
    assert_eq!(opened.beginning, Beginning::Adopted);
    assert_eq!(Some(opened.id), SessionId::parse(UUID));
    let (again, later) = entered(&world, &[("x-session-id", UUID)]).unwrap();
    assert_eq!(again.beginning, Beginning::Continued);
    assert_eq!(session_of(&later), session_of(&scope));
    // Nothing that is easier to guess than a UUID of version 4.
    for shown in [
        &*UUID.replace('-', ""),
        "0b9f3c52-8d1e-1c7a-9f00-1234567890ab",
    ] {
        let (opened, _) = entered(&adopting(), &[("x-session-id", shown)]).unwrap();
        assert_eq!(opened.beginning, Beginning::Replaced, "{shown}");
    }
}

#[test]
fn identity_beside_a_session_is_recorded_and_leads_nowhere() {
    let mut world = World::new(
        TrustMode::Required,
        Isolation::Session,
        kinds()[4].1.clone(),
    );
    world.known = true;
    let (_, scope) = entered(&world, &[("x-anchorhold-user", "alice")]).unwrap();
    let session = session_of(&scope);
    let actor = scope.actor();
    assert_eq!(actor.subject, Some(user("session", &session.to_string())));
    assert_eq!(actor.on_behalf_of, Some(user("local", "alice")));
    // Each request of the same user without an id is another session.
    let (_, other) = entered(&world, &[("x-anchorhold-user", "alice")]).unwrap();
    assert_ne!(session_of(&other), session);
}

#[test]
fn one_request_has_one_session_however_often_it_asks() {
    let world = world(TrustMode::Required);
    let cell = Arc::default();
    let first = visit(&world, &cell, &[]).unwrap();
    let second = visit(&world, &cell, &[]).unwrap();
    assert_eq!(session_of(&first), session_of(&second));
    assert_eq!(world.sessions.lock().unwrap().len(), 1);
    // Once it ended nothing takes its place in the same request, nor does one that has its id by now.
    let other = SessionHandle::from_bytes([5; 16]);
    for handle in world.sessions.lock().unwrap().values_mut() {
        *handle = other;
    }
    let denial = visit(&world, &cell, &[]).err().unwrap();
    assert_eq!(denial.reason, Reason::NamespaceNotFound);
    world.sessions.lock().unwrap().clear();
    let denial = visit(&world, &cell, &[]).err().unwrap();
    assert_eq!(denial.reason, Reason::NamespaceNotFound);
    assert!(world.sessions.lock().unwrap().is_empty());
}

#[test]
fn nothing_is_below_a_session() {
    let world = world(TrustMode::Required);
    let denied = entered(&world, &[("x-anchorhold-thread", "t")]).err();
    assert_eq!(denied, Some(Reason::NamespaceConflict));
    assert!(world.sessions.lock().unwrap().is_empty());
}

#[test]
fn where_there_is_no_room_the_wait_is_told() {
    let mut world = world(TrustMode::Required);
    world.sessions_max = 1;
    assert!(entered(&world, &[]).is_ok());
    let retry_after_seconds = 7;
    let full = Reason::SessionLimit {
        retry_after_seconds,
    };
    assert_eq!(entered(&world, &[]).err(), Some(full));
}

#[test]
fn an_id_is_read_once_and_from_a_cookie_only_where_the_tenant_sets_one() {
    let living = |world: World| {
        let id = SessionId::parse(UUID).unwrap();
        let handle = SessionHandle::from_bytes([3; 16]);
        world.sessions.lock().unwrap().insert(id, handle);
        world
    };
    let name = "__Host-anchorhold-01010101010101010101010101010101";
    let cookie = format!("a=1; {name}={UUID}; b=2");
    let off = living(world(TrustMode::Required));
    let (opened, _) = entered(&off, &[("cookie", &cookie)]).unwrap();
    assert_eq!(opened.beginning, Beginning::New);
    assert_eq!(opened.cookie_name(), name);
    let lax = || {
        living(with(world(TrustMode::Required), |sessions| {
            sessions.cookie = SessionCookie::Lax;
        }))
    };
    let beginning =
        |lines: &[(&str, &str)]| entered(&lax(), lines).map(|(opened, _)| opened.beginning);
    assert_eq!(beginning(&[("cookie", &cookie)]), Ok(Beginning::Continued));
    // What was set for a neighbouring site beside it leads nowhere.
    let twice = format!("{cookie}; {name}=0b9f3c52");
    assert_eq!(beginning(&[("cookie", &twice)]), Ok(Beginning::New));
    // The header counts before the cookie.
    let both = [("cookie", &*cookie), ("x-session-id", "none")];
    assert_eq!(beginning(&both), Ok(Beginning::Replaced));
    for lines in [
        &[("x-session-id", UUID), ("x-session-id", UUID)][..],
        &[("x-session-id", "a,b")],
        &[("x-session-id", "{{session}}")],
        &[("x_session_id", UUID)],
    ] {
        let reason = beginning(lines).unwrap_err();
        assert!(
            matches!(&reason, Reason::IdentityHeaderInvalid { header, .. } if header == "x-session-id"),
            "{reason:?}"
        );
    }
}

#[test]
fn a_session_id_means_nothing_under_other_strategies() {
    for isolation in [Isolation::User, Isolation::None, Isolation::Custom] {
        let world = World::new(TrustMode::Required, isolation, kinds()[4].1.clone());
        let id = SessionId::parse(UUID).unwrap();
        let handle = SessionHandle::from_bytes([3; 16]);
        world.sessions.lock().unwrap().insert(id, handle);
        let lines = [("x-session-id", UUID), ("x-isolation-key", "k")];
        let scope = world
            .scope::<Write>(&lines, None, Missing::Reserve)
            .unwrap();
        assert!(!matches!(scope.unwrap().address().place, Place::Session(_)));
        assert!(
            !world
                .asked()
                .iter()
                .any(|question| question.starts_with("session"))
        );
    }
}

#[test]
fn a_key_that_reads_may_only_read_in_a_session() {
    for (name, key) in kinds().into_iter().filter(|(_, key)| key.tenant.is_some()) {
        let reads = name.contains("viewer") || name == "act_as read";
        let world = World::new(TrustMode::Required, Isolation::Session, key);
        let written = world.scope::<Write>(&[], None, Missing::Reserve);
        assert_eq!(written.is_err(), reads, "{name}");
        assert!(
            world.scope::<Read>(&[], None, Missing::Reserve).is_ok(),
            "{name}"
        );
    }
}

#[test]
fn a_session_is_erased_by_whoever_shows_its_id_and_by_handle_only_with_the_right_to() {
    let id = SessionId::parse(UUID).unwrap();
    let handle = SessionHandle::from_bytes([3; 16]);
    let of = |key, named, shown: bool| {
        let world = World::new(TrustMode::Required, Isolation::Session, key);
        world.sessions.lock().unwrap().insert(id, handle);
        let line = [("x-session-id", UUID)];
        let (caller, verdict) = world.judged(if shown { &line } else { &[] }).unwrap();
        let erasure = session_erasure(&caller, &verdict, named, Door::Http, &world);
        erasure
            .map(|erasure| assert_eq!(*erasure.subject(), Subject::Session(handle)))
            .map_err(|denial| denial.reason)
    };
    let forbidden = Err(Reason::AccessForbidden { needed: None });
    for (name, key) in kinds().into_iter().filter(|(_, key)| key.tenant.is_some()) {
        let reads = name.contains("viewer") || name == "act_as read";
        let manages = ["act_as", "admin"].contains(&name);
        let expected = |may| if may { Ok(()) } else { forbidden.clone() };
        let by_id = of(key.clone(), NamedSession::Id(id), false);
        assert_eq!(by_id, expected(!reads), "{name}");
        let own = of(key.clone(), NamedSession::Own, true);
        assert_eq!(own, expected(!reads), "{name}");
        let by_handle = of(key.clone(), NamedSession::Handle(handle), true);
        assert_eq!(by_handle, expected(manages), "{name}");
        let nobody = of(key, NamedSession::Own, false);
        let expected = if reads {
            forbidden.clone()
        } else {
            Err(Reason::NamespaceNotFound)
        };
        assert_eq!(nobody, expected, "{name}");
    }
}
