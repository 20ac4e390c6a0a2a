//! Namespaces in memory: few at a time, and no answer depends on which.

use std::sync::{Arc, Barrier};

use anchorhold_identity::{Erase, Missing, Read, Scope};
use anchorhold_memory::{Question, Recollection, Settings, Which};
use anchorhold_model::limits::NAMESPACE_IDLE_SECONDS;
use anchorhold_model::{Changes, Content, Memory};

use crate::support::{World, draft};

#[test]
fn answers_are_the_same_with_room_for_two_namespaces() {
    let world = World::with(Settings {
        residents_max: 2,
        ..Settings::default()
    });
    let tenant = world.tenant("acme");
    let application = world.application(&tenant);
    let people: Vec<_> = (0..12)
        .map(|number| application.speaking_for(&format!("user {number}")))
        .collect();
    for round in 0..3 {
        for (number, person) in people.iter().enumerate() {
            world.keep(person, &format!("round {round} of user {number}"));
        }
    }
    let answer = |person| {
        let scope = world.scope::<Read>(person, Missing::Empty).unwrap();
        let found = world
            .engine
            .recall(scope.as_ref(), &Question::new("round 1"))
            .unwrap()
            .results;
        found
            .into_iter()
            .map(|hit| (hit.memory.content.as_str().to_owned(), hit.score.to_bits()))
            .collect::<Vec<_>>()
    };
    let first: Vec<_> = people.iter().map(answer).collect();
    let second: Vec<_> = people.iter().map(answer).collect();
    assert_eq!(first, second);
    for (number, found) in first.iter().enumerate() {
        assert_eq!(found.len(), 3);
        assert!(
            found
                .iter()
                .all(|(content, _)| content.ends_with(&format!("of user {number}")))
        );
    }
}

#[test]
fn an_id_does_not_tell_whether_its_namespace_was_out_of_memory() {
    // In one world a neighbour drives the namespace out of memory after a memory was changed.
    let ordinals = [false, true].map(|evicted| {
        let world = World::with(Settings {
            residents_max: 1,
            ..Settings::default()
        });
        let tenant = world.tenant("acme");
        let (alice, bob) = (world.user(&tenant, "alice"), world.user(&tenant, "bob"));
        let kept = world.keep(&alice, "tea");
        let scope = world.scope(&alice, Missing::Reserve).unwrap();
        let changes = Changes {
            content: Some(Content::new("coffee").unwrap()),
            ..Changes::default()
        };
        let id = kept.facets.id;
        world
            .engine
            .change(scope.as_ref(), id, changes, None)
            .unwrap();
        if evicted {
            world.keep(&bob, "noise");
        }
        world.keep(&alice, "milk").facets.ordinal
    });
    assert_eq!(ordinals[0], ordinals[1]);
}

#[test]
fn many_first_requests_at_once_lose_nothing() {
    let world = World::with(Settings {
        residents_max: 2,
        ..Settings::default()
    });
    let tenant = world.tenant("acme");
    let application = world.application(&tenant);
    let start = Arc::new(Barrier::new(16));
    std::thread::scope(|threads| {
        for writer in 0..16 {
            let (world, application, start) = (&world, &application, Arc::clone(&start));
            threads.spawn(move || {
                start.wait();
                for number in 0..12 {
                    let person =
                        application.speaking_for(&format!("user {}", (writer + number) % 5));
                    world.keep(&person, &format!("from writer {writer} number {number}"));
                }
            });
        }
    });
    let mut total = 0;
    for number in 0..5 {
        let person = application.speaking_for(&format!("user {number}"));
        let scope = world.scope::<Read>(&person, Missing::Empty).unwrap();
        let page = anchorhold_memory::Page {
            limit: 200,
            cursor: None,
        };
        total += world
            .engine
            .list(scope.as_ref(), &page)
            .unwrap()
            .memories
            .len();
    }
    assert_eq!(total, 16 * 12);
    let world = world.restarted();
    let person = application.speaking_for("user 0");
    let scope = world.scope::<Read>(&person, Missing::Empty).unwrap();
    let page = anchorhold_memory::Page {
        limit: 200,
        cursor: None,
    };
    assert!(
        !world
            .engine
            .list(scope.as_ref(), &page)
            .unwrap()
            .memories
            .is_empty()
    );
}

/// The thirty best, each with the bits of its score.
fn ranked(world: &World, scope: &Scope<Read>, query: &str) -> Vec<(Memory, u64)> {
    let mut question = Question::new(query);
    question.limit = 30;
    let found = world.engine.recall(Some(scope), &question).unwrap().results;
    let line = |hit: Recollection| (hit.memory, hit.score.to_bits());
    found.into_iter().map(line).collect()
}

/// Enough for several extracts, with changes and deletions before and behind them.
#[test]
fn answers_are_the_same_by_extracts_and_by_what_was_written() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let scope = |world: &World| {
        world
            .scope::<Erase>(&alice, Missing::Reserve)
            .unwrap()
            .unwrap()
    };
    let mut ids = Vec::new();
    for batch in 0..4 {
        let draft = |number| {
            let mut draft = draft(&format!(
                "note {number} of batch {batch} on topic {}",
                number % 7
            ));
            draft.tags = vec![format!("tag {}", number % 3)];
            draft.conversation = Some(format!("talk {}", number % 5));
            draft
        };
        let kept = world
            .engine
            .remember_batch(&scope(&world).narrow(), (0..60).map(draft).collect());
        ids.extend(kept.into_iter().map(|kept| kept.unwrap().memory.facets.id));
    }
    for (number, id) in ids.iter().step_by(9).enumerate() {
        let changes = Changes {
            content: Some(Content::new(format!("changed {number} on topic 3")).unwrap()),
            ..Changes::default()
        };
        let write = scope(&world).narrow();
        world
            .engine
            .change(Some(&write), *id, changes, None)
            .unwrap();
    }
    let gone: Vec<_> = ids.iter().skip(4).step_by(11).copied().collect();
    world
        .engine
        .forget(Some(&scope(&world)), Which::Ids(gone.clone()), false)
        .unwrap();
    let answers = |world: &World| {
        let read = scope(world).narrow();
        let ask = |query: &str| ranked(world, &read, query);
        (ask("topic 3"), ask("batch 2 note 17"), ask("changed"))
    };
    let before = answers(&world);
    assert_eq!(before.0.len(), 30);
    let world = world.restarted();
    assert!(before == answers(&world), "the same after a restart");
    let read = scope(&world).narrow();
    for id in &gone {
        assert!(world.engine.get(Some(&read), *id).is_err());
    }
}

/// What nobody uses for five minutes is let go of, whatever others do, and nothing is written.
#[test]
fn an_idle_namespace_costs_no_memory_and_no_open_file_and_answers_as_before() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let application = world.application(&tenant);
    let people: Vec<_> = (0..6)
        .map(|number| application.speaking_for(&format!("user {number}")))
        .collect();
    for (number, person) in people.iter().enumerate() {
        world.keep(person, &format!("number {number} likes plums"));
    }
    let answers = |world: &World| -> Vec<_> {
        let ask = |person| {
            let scope = world
                .scope::<Read>(person, Missing::Empty)
                .unwrap()
                .unwrap();
            ranked(world, &scope, "who likes plums")
        };
        people.iter().map(ask).collect()
    };
    let before = answers(&world);
    let chores = crate::support::chores(&world.engine);
    let seconds = i64::try_from(NAMESPACE_IDLE_SECONDS).unwrap();
    let mut let_go = (0, 0);
    for _ in 0..=seconds / 10 {
        let done = chores.tick().unwrap();
        let_go = (let_go.0 + done.evicted, let_go.1 + done.closed);
        world.clock.advance(10);
        world.recall(&people[0], "plums");
    }
    assert_eq!(let_go, (5, 5), "all but the one that is in use");
    world.clock.advance(seconds);
    chores.tick().unwrap();
    world.clock.advance(seconds);
    let done = chores.tick().unwrap();
    assert_eq!((done.evicted, done.closed), (1, 1));
    assert!(before == answers(&world));
}
