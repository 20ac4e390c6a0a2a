//! Erasure: the whole subtree, the keys, and no way back.

use anchorhold_identity::{Admin, Missing, Read, Reason, Write};
use anchorhold_memory::Error;

use crate::support::{Refused, World, ask, draft};

#[test]
fn forgetting_a_user_forgets_every_workspace_agent_and_thread() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let application = world.application(&tenant);
    let alice = application.speaking_for("alice");
    let places = [
        alice.clone(),
        alice.with_header("x-anchorhold-workspace", "w"),
        alice.with_header("x-anchorhold-agent", "a"),
        alice.with_header("x-anchorhold-thread", "t"),
    ];
    for place in &places {
        world.keep(place, "kept");
        world.keep(place, "kept too");
    }
    let bob = application.speaking_for("bob");
    world.keep(&bob, "of bob");
    let receipt = world.erase(&application, Some("alice")).unwrap();
    assert_eq!((receipt.namespaces, receipt.records), (4, 8));
    assert_eq!(receipt.key_ids.len(), 4);
    assert!(receipt.audit_id.starts_with("aud_") && !receipt.residues.is_empty());
    for place in &places {
        assert!(world.recall(place, "kept").is_empty());
    }
    assert_eq!(world.recall(&bob, "of"), ["of bob"]);
    let again = world.erase(&application, Some("alice"));
    assert!(matches!(again, Err(Refused::Engine(Error::UserNotFound))));
    let world = world.restarted();
    assert!(world.recall(&places[1], "kept").is_empty());
}

#[test]
fn who_erases_itself_loses_its_key_and_a_new_life_starts_empty() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    world.keep(&alice, "the old life");
    let running = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    let old = running.namespace();
    world.erase(&alice, None).unwrap();
    let denial = world.scope::<Read>(&alice, Missing::Empty).err().unwrap();
    assert!(
        matches!(
            denial.reason,
            Reason::CredentialUnknown | Reason::CredentialRevoked
        ),
        "the key went with its user"
    );
    let late = world.engine.remember(&running, draft("too late"));
    assert!(
        matches!(late, Err(Error::Erased | Error::Revoked)),
        "{late:?}",
        late = late.err()
    );
    let again = world.user(&tenant, "alice");
    assert!(world.recall(&again, "the old life").is_empty());
    world.keep(&again, "the new life");
    let scope = world
        .scope::<Read>(&again, Missing::Empty)
        .unwrap()
        .unwrap();
    assert_ne!(scope.namespace(), old, "a new incarnation");
    assert_eq!(world.recall(&again, "life"), ["the new life"]);
}

#[test]
fn a_write_that_began_before_the_erase_makes_no_new_life() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let application = world.application(&tenant);
    let alice = application.speaking_for("alice");
    world.keep(
        &alice.with_header("x-anchorhold-agent", "a"),
        "so that there is a user",
    );
    let reserved = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    assert!(reserved.is_reserved());
    world.erase(&application, Some("alice")).unwrap();
    assert!(matches!(
        world.engine.remember(&reserved, draft("late")),
        Err(Error::Erased)
    ));
    assert!(
        world
            .scope::<Read>(&alice, Missing::Empty)
            .unwrap()
            .is_none()
    );
}

#[test]
fn nobody_erases_somebody_else() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (alice, plain) = (world.user(&tenant, "alice"), world.key(&tenant, |_| ()));
    let bob = world.user(&tenant, "bob");
    let viewer = world.key(&tenant, |new| {
        new.user = Some(anchorhold_model::UserId::parse("alice").unwrap());
        new.viewer = true;
    });
    world.keep(&alice, "stays");
    for person in [&bob, &plain, &viewer] {
        let refused = world.erase(person, Some("alice")).err().unwrap();
        let Refused::Gate(denial) = refused else {
            panic!("refused by the gate")
        };
        assert!(
            matches!(
                denial.reason,
                Reason::AccessForbidden { .. }
                    | Reason::IdentityRequired
                    | Reason::IdentityNotPermitted
            ),
            "{:?}",
            denial.reason
        );
    }
    let other = world.tenant("globex");
    let theirs = world.application(&other);
    assert!(matches!(
        world.erase(&theirs, Some("alice")),
        Err(Refused::Engine(Error::UserNotFound))
    ));
    assert_eq!(world.recall(&alice, "stays"), ["stays"]);
}

#[test]
fn an_erased_namespace_is_gone_and_its_name_is_free() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let admin = world.key(&tenant, |new| new.admin = true);
    let create = || {
        let lines = admin.lines();
        let name = anchorhold_model::NamespaceName::parse("org/acme").unwrap();
        let proof = world.gate.creation(&ask(&lines, &[]), name).unwrap();
        world
            .engine
            .namespace_create(&proof, Some("docs".to_owned()))
    };
    let first = create().unwrap();
    assert!(matches!(create(), Err(Error::NamespaceExists)));
    let scope = world
        .scope_in::<Write>(&admin, Some("org/acme"), Missing::Empty)
        .unwrap()
        .unwrap();
    world.engine.remember(&scope, draft("kept")).unwrap();
    drop(scope);
    let scope = world
        .scope_in::<Admin>(&admin, Some("org/acme"), Missing::Empty)
        .unwrap()
        .unwrap();
    let receipt = world.engine.erase_namespace(&scope).unwrap();
    assert_eq!((receipt.namespaces, receipt.records), (1, 1));
    let gone = world
        .scope_in::<Read>(&admin, Some("org/acme"), Missing::Empty)
        .err()
        .unwrap();
    assert_eq!(gone.reason, Reason::NamespaceNotFound);
    let second = create().unwrap();
    assert_ne!(first.id, second.id);
    let scope = world
        .scope_in::<Read>(&admin, Some("org/acme"), Missing::Empty)
        .unwrap();
    let page = anchorhold_memory::Page {
        limit: 10,
        cursor: None,
    };
    assert!(
        world
            .engine
            .list(scope.as_ref(), &page)
            .unwrap()
            .memories
            .is_empty()
    );
}

#[test]
fn an_erasure_means_exactly_what_the_request_names() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let carol = world.application(&tenant).speaking_for("carol");
    world.keep(&carol, "of carol");
    let thread = carol.with_header("x-anchorhold-thread", "t");
    let Err(Refused::Gate(denial)) = world.erase(&thread, None) else {
        panic!("a part of a user was erased");
    };
    assert_eq!(denial.reason, Reason::NamespaceConflict);
    assert_eq!(world.recall(&carol, "of"), ["of carol"]);
    assert!(world.erase(&carol, Some("carol")).is_ok());
}

#[test]
fn a_viewer_reads_whatever_its_grants_say_and_an_id_is_no_way_round() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let admin = world.key(&tenant, |new| new.admin = true);
    let lines = admin.lines();
    let name = |text| anchorhold_model::NamespaceName::parse(text).unwrap();
    let proof = world
        .gate
        .creation(&ask(&lines, &[]), name("docs"))
        .unwrap();
    let docs = world.engine.namespace_create(&proof, None).unwrap();
    let viewer = world.key(&tenant, |new| {
        new.user = Some(anchorhold_model::UserId::parse("vera").unwrap());
        new.viewer = true;
        new.grants = vec![crate::support::grant(
            "**",
            anchorhold_model::AccessSet::Admin,
        )];
    });
    assert!(
        world
            .scope_in::<Read>(&viewer, Some("docs"), Missing::Empty)
            .is_ok()
    );
    let denied = |reason: Reason| matches!(reason, Reason::AccessForbidden { .. });
    let write = world
        .scope_in::<Write>(&viewer, Some("docs"), Missing::Empty)
        .err()
        .unwrap();
    assert!(denied(write.reason));
    let lines = viewer.lines();
    let by_id = world.gate.scope_by_id::<Admin>(&ask(&lines, &[]), docs.id);
    assert!(denied(by_id.err().unwrap().reason));
    assert!(denied(
        world
            .gate
            .creation(&ask(&lines, &[]), name("more"))
            .err()
            .unwrap()
            .reason
    ));
    let other = [name("other")];
    let lines = admin.lines();
    let by_id = world
        .gate
        .scope_by_id::<Admin>(&ask(&lines, &other), docs.id);
    assert_eq!(by_id.err().unwrap().reason, Reason::NamespaceConflict);
}

#[test]
fn what_was_promised_to_a_user_does_not_stand_after_the_user_was_erased() {
    let world = World::new();
    let application = world.application(&world.tenant("acme"));
    let alice = application.speaking_for("alice");
    world.keep(&alice.with_header("x-anchorhold-workspace", "w"), "below");
    let scope = || world.scope::<Write>(&alice, Missing::Reserve).unwrap();
    let promised = scope().unwrap();
    world.engine.check(&promised).unwrap();
    world.erase(&application, Some("alice")).unwrap();
    let checked = world.engine.check(&promised);
    assert!(matches!(checked, Err(Error::Erased)), "a promise");
    let reserved = scope().unwrap();
    world.keep(&alice, "a new life");
    world.engine.check(&reserved).unwrap();
    let living = scope().unwrap();
    world.erase(&application, Some("alice")).unwrap();
    for ended in [reserved, living] {
        let checked = world.engine.check(&ended);
        assert!(matches!(checked, Err(Error::Erased)), "a life");
    }
}
