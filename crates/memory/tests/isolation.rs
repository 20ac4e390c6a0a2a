//! Nobody sees what is not theirs.

use anchorhold_identity::{Erase, Missing, Read, Reason, Write};
use anchorhold_memory::{Error, NewKey, Question};
use anchorhold_model::{AccessSet, Isolation, NamespaceName, TenantPolicy, TrustMode};

use crate::support::{World, ask, draft, grant};

#[test]
fn bob_never_sees_what_alice_keeps() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (alice, bob) = (world.user(&tenant, "alice"), world.user(&tenant, "bob"));
    let kept = world.keep(&alice, "my locker code is 4711");
    world.keep(&bob, "I like tea");
    assert_eq!(
        world.recall(&alice, "locker code"),
        ["my locker code is 4711"]
    );
    assert_eq!(world.recall(&bob, "locker code 4711"), ["I like tea"]);
    let scope = world.scope::<Read>(&bob, Missing::Empty).unwrap();
    let foreign = world.engine.get(scope.as_ref(), kept.facets.id);
    assert!(matches!(foreign, Err(Error::MemoryNotFound)));
    let scope = world.scope::<Erase>(&bob, Missing::Empty).unwrap();
    let deleted = world.engine.delete(scope.as_ref(), kept.facets.id);
    assert!(matches!(deleted, Err(Error::MemoryNotFound)));
    assert_eq!(world.recall(&alice, "locker"), ["my locker code is 4711"]);
}

#[test]
fn the_same_user_id_in_two_tenants_is_two_people() {
    let world = World::new();
    let (acme, globex) = (world.tenant("acme"), world.tenant("globex"));
    let (ours, theirs) = (world.user(&acme, "alice"), world.user(&globex, "alice"));
    world.keep(&ours, "our secret");
    assert!(world.recall(&theirs, "our secret").is_empty());
    let (ours, theirs) = (world.application(&acme), world.application(&globex));
    assert_eq!(
        world.recall(&ours.speaking_for("alice"), "secret"),
        ["our secret"]
    );
    assert!(
        world
            .recall(&theirs.speaking_for("alice"), "secret")
            .is_empty()
    );
}

#[test]
fn workspaces_agents_and_threads_are_namespaces_of_their_own() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let places = [
        alice.clone(),
        alice.with_header("x-anchorhold-workspace", "w"),
        alice.with_header("x-anchorhold-agent", "w"),
        alice.with_header("x-anchorhold-thread", "w"),
        alice
            .with_header("x-anchorhold-workspace", "w")
            .with_header("x-anchorhold-agent", "a"),
    ];
    for (position, place) in places.iter().enumerate() {
        world.keep(place, &format!("kept in place {position}"));
    }
    for (position, place) in places.iter().enumerate() {
        assert_eq!(
            world.recall(place, "kept in place"),
            [format!("kept in place {position}")]
        );
    }
}

#[test]
fn composite_ids_never_meet() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let application = world.application(&tenant);
    let ids = [
        "a:b:c", "a:b", "a", "A", "Ａ", "a/b", "local:a", "shared", "..a", "a b",
    ];
    for id in ids {
        world.keep(&application.speaking_for(id), &format!("kept by {id}"));
    }
    for id in ids {
        assert_eq!(
            world.recall(&application.speaking_for(id), "kept by"),
            [format!("kept by {id}")]
        );
    }
}

#[test]
fn identity_headers_that_lie_are_refused() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (alice, application) = (world.user(&tenant, "alice"), world.application(&tenant));
    let plain = world.key(&tenant, |_| ());
    let viewer_application = world.key(&tenant, |new: &mut NewKey| {
        new.act_as = Some(anchorhold_identity::ActAs::Read);
    });
    let reason = |person: &crate::support::Person| {
        world
            .scope::<Read>(person, Missing::Empty)
            .err()
            .map(|denial| denial.reason)
    };
    assert_eq!(reason(&alice.speaking_for("alice")), None);
    assert_eq!(
        reason(&alice.speaking_for("bob")),
        Some(Reason::IdentityConflict)
    );
    assert_eq!(reason(&application), Some(Reason::IdentityRequired));
    let victim = |person: &crate::support::Person| person.with_header("x-isolation-key", "victim");
    assert_eq!(reason(&victim(&alice)), Some(Reason::IdentityConflict));
    assert_eq!(
        reason(&victim(&application.speaking_for("alice"))),
        Some(Reason::IdentityConflict)
    );
    assert_eq!(reason(&victim(&plain)), Some(Reason::IdentityNotPermitted));
    world.keep(&victim(&application), "kept under a key");
    assert_eq!(
        world.recall(&victim(&application), "kept"),
        ["kept under a key"]
    );
    assert!(
        world
            .recall(&application.speaking_for("victim"), "kept")
            .is_empty()
    );
    assert_eq!(
        reason(&plain.speaking_for("alice")),
        Some(Reason::IdentityNotPermitted)
    );
    let invalid = |person: &crate::support::Person| {
        matches!(reason(person), Some(Reason::IdentityHeaderInvalid { .. }))
    };
    assert!(invalid(
        &application.speaking_for("alice").speaking_for("alice")
    ));
    assert!(invalid(&application.speaking_for("alice,bob")));
    assert!(invalid(&application.speaking_for("{{user}}")));
    let twin = application
        .speaking_for("alice")
        .with_header("X_Anchorhold_User", "bob");
    assert!(invalid(&twin));
    let empty = reason(&application.speaking_for(""));
    assert!(
        matches!(empty, Some(Reason::NameInvalid { .. })),
        "never the shared namespace"
    );
    let write = world.scope::<Write>(&viewer_application.speaking_for("alice"), Missing::Reserve);
    assert!(matches!(
        write.err().unwrap().reason,
        Reason::AccessForbidden { .. }
    ));
}

#[test]
fn grants_open_what_they_name_and_nothing_else() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let admin = world.key(&tenant, |new| new.admin = true);
    for name in ["org/acme", "org/acmecorp", "org/acme/team"] {
        let lines = admin.lines();
        let name = NamespaceName::parse(name).unwrap();
        let proof = world.gate.creation(&ask(&lines, &[]), name).unwrap();
        world.engine.namespace_create(&proof, None).unwrap();
    }
    let alice = world.key(&tenant, |new| {
        new.user = Some(anchorhold_model::UserId::parse("alice").unwrap());
        new.grants = vec![
            grant("org/acme", AccessSet::Read),
            grant("org/acme/**", AccessSet::Write),
        ];
    });
    let read = |name| world.scope_in::<Read>(&alice, Some(name), Missing::Empty);
    let write = |name| world.scope_in::<Write>(&alice, Some(name), Missing::Reserve);
    let name = |denial: anchorhold_identity::Denial| denial.reason;
    assert!(read("org/acme").unwrap().is_some());
    assert!(matches!(
        write("org/acme").err().map(name),
        Some(Reason::AccessForbidden { .. })
    ));
    let scope = write("org/acme/team").unwrap().unwrap();
    world
        .engine
        .remember(&scope, draft("for the team"))
        .unwrap();
    let forbidden = |text: &str| {
        Some(Reason::NamespaceForbidden {
            name: text.to_owned(),
        })
    };
    assert_eq!(
        read("org/acmecorp").err().map(name),
        forbidden("org/acmecorp")
    );
    assert_eq!(read("org/absent").err().map(name), forbidden("org/absent"));
    assert_eq!(
        read("org/acme/absent").err().map(name),
        Some(Reason::NamespaceNotFound)
    );
    assert!(
        world.recall(&alice, "for the team").is_empty(),
        "her own namespace is another one"
    );
}

#[test]
fn a_key_of_another_tenant_opens_nothing_here() {
    let world = World::new();
    let (acme, globex) = (world.tenant("acme"), world.tenant("globex"));
    let admin = world.key(&acme, |new| new.admin = true);
    let lines = admin.lines();
    let name = NamespaceName::parse("docs").unwrap();
    let proof = world.gate.creation(&ask(&lines, &[]), name).unwrap();
    let record = world.engine.namespace_create(&proof, None).unwrap();
    let stranger = world.key(&globex, |new| {
        new.grants = vec![grant("**", AccessSet::Admin)];
    });
    let denial = world
        .scope_in::<Read>(&stranger, Some("docs"), Missing::Empty)
        .err()
        .unwrap();
    assert_eq!(
        denial.reason,
        Reason::NamespaceNotFound,
        "its own tenant has no such namespace"
    );
    let lines = stranger.lines();
    let by_id = world.gate.scope_by_id::<Read>(&ask(&lines, &[]), record.id);
    assert_eq!(by_id.err().unwrap().reason, Reason::NamespaceNotFound);
}

#[test]
fn strategy_none_shares_one_namespace_and_strict_refuses_strangers() {
    let world = World::new();
    let none = TenantPolicy {
        isolation: Isolation::None,
        ..TenantPolicy::default()
    };
    let tenant = world.tenant_with("acme", none);
    let (one, two) = (world.key(&tenant, |_| ()), world.key(&tenant, |_| ()));
    world.keep(&one, "the shared document");
    assert_eq!(
        world.recall(&two, "shared document"),
        ["the shared document"]
    );

    let strict = TenantPolicy {
        trust_mode: TrustMode::Strict,
        ..TenantPolicy::default()
    };
    let tenant = world.tenant_with("globex", strict);
    let reason = |person: &crate::support::Person| {
        world
            .scope::<Read>(person, Missing::Empty)
            .err()
            .map(|denial| denial.reason)
    };
    assert_eq!(
        reason(&world.key(&tenant, |_| ())),
        Some(Reason::IdentityMissing)
    );
    let asserted = world.application(&tenant).speaking_for("alice");
    assert_eq!(reason(&asserted), Some(Reason::IdentityUnverified));
    assert_eq!(reason(&world.user(&tenant, "alice")), None);

    let legacy = TenantPolicy {
        trust_mode: TrustMode::Legacy,
        ..TenantPolicy::default()
    };
    let tenant = world.tenant_with("initech", legacy);
    let plain = world.key(&tenant, |_| ());
    world.keep(&plain, "anonymous");
    world.keep(&plain.speaking_for("alice"), "claimed by alice");
    assert_eq!(world.recall(&plain, "anonymous claimed"), ["anonymous"]);
    let scope = world
        .scope::<Read>(&plain, Missing::Empty)
        .unwrap()
        .unwrap();
    assert!(scope.actor().advisory);
}

#[test]
fn a_revoked_key_is_refused_at_the_next_request_and_inside_a_running_one() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    world.keep(&alice, "before");
    let running = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    for key in world.engine.key_list(&tenant).unwrap() {
        world.engine.key_revoke(&tenant, key.key).unwrap();
    }
    let next = world.scope::<Read>(&alice, Missing::Empty).err().unwrap();
    assert_eq!(next.reason, Reason::CredentialRevoked);
    assert!(matches!(
        world.engine.remember(&running, draft("after")),
        Err(Error::Revoked)
    ));
}

#[test]
fn an_expired_key_is_refused() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let expires_at = anchorhold_model::Clock::now(world.clock.as_ref()).plus_seconds(60);
    let alice = world.key(&tenant, |new| {
        new.user = Some(anchorhold_model::UserId::parse("alice").unwrap());
        new.expires_at = Some(expires_at);
    });
    assert!(world.scope::<Read>(&alice, Missing::Empty).is_ok());
    world.clock.advance(60);
    let denial = world.scope::<Read>(&alice, Missing::Empty).err().unwrap();
    assert_eq!(denial.reason, Reason::CredentialExpired);
}

/// A foreign vector never takes a place among the best.
#[test]
fn the_best_ten_are_ten_of_ones_own() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (alice, bob) = (world.user(&tenant, "alice"), world.user(&tenant, "bob"));
    for number in 0..30 {
        world.keep(
            &alice,
            &format!("the weather in harbour town, day {number}"),
        );
        world.keep(&bob, &format!("something else entirely {number}"));
    }
    let scope = world.scope::<Read>(&bob, Missing::Empty).unwrap();
    let question = Question::new("the weather in harbour town");
    let found = world
        .engine
        .recall(scope.as_ref(), &question)
        .unwrap()
        .results;
    assert_eq!(found.len(), 10);
    let contents = found.iter().map(|hit| hit.memory.content.as_str());
    assert!(
        contents
            .into_iter()
            .all(|content| content.starts_with("something else"))
    );
}
