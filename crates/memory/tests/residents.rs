//! Namespaces in memory: few at a time, and no answer depends on which.

use std::sync::{Arc, Barrier};

use anchorhold_identity::{Missing, Read};
use anchorhold_memory::{Question, Settings};

use crate::support::World;

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
