//! Many writers at once: nothing acknowledged is lost, commits are shared, opens are bounded.

use std::collections::BTreeMap;

use anchorhold_identity::{Scope, Write};

use crate::support::{id, plain, world, world_with};
use anchorhold_store::AuditMode;

#[test]
fn concurrent_writers_of_one_namespace_share_commits_and_lose_nothing() {
    let mut world = world();
    let scope = world.scope::<Write>("alice");
    let vault = world.store().vault();
    std::thread::scope(|threads| {
        for writer in 0..32_u128 {
            let scope = scope.narrow::<Write>();
            threads.spawn(move || {
                for number in 0..20 {
                    let record = plain(writer << 32 | number, 1, "tea");
                    vault.commit(&scope, vec![record]).unwrap();
                }
            });
        }
    });
    let commits = vault.commits();
    assert!(commits < 640, "{commits} commits for 640 writes");
    let head = vault.head(&scope.narrow()).unwrap();
    assert_eq!((head.sequence, head.generation), (640, 0));
    world.reopen();
    assert_eq!(world.all("alice").unwrap().len(), 640);
}

#[test]
fn one_writer_makes_one_commit_each_time() {
    let world = world();
    let scope = world.scope::<Write>("alice");
    let vault = world.store().vault();
    for number in 0..10 {
        vault.commit(&scope, vec![plain(number, 1, "tea")]).unwrap();
    }
    assert_eq!(vault.commits(), 10);
}

#[test]
fn a_conflict_in_a_group_refuses_that_writer_alone() {
    let world = world();
    let scope = world.scope::<Write>("alice");
    let vault = world.store().vault();
    vault.commit(&scope, vec![plain(0, 1, "tea")]).unwrap();
    std::thread::scope(|threads| {
        for writer in 1..33_u128 {
            let scope = scope.narrow::<Write>();
            threads.spawn(move || {
                let fresh = plain(writer, 1, "bread");
                if writer % 2 == 0 {
                    vault.commit(&scope, vec![fresh]).unwrap();
                } else {
                    let taken = plain(0, 1, "milk");
                    vault.commit(&scope, vec![fresh, taken]).unwrap_err();
                }
            });
        }
    });
    let found = world.all("alice").unwrap();
    assert_eq!(found.len(), 17);
    assert!((1..33).all(|writer| found.contains_key(&id(writer)) == (writer % 2 == 0)));
}

#[test]
fn of_concurrent_updates_of_one_version_exactly_one_wins() {
    let world = world();
    let scope = world.scope::<Write>("alice");
    let vault = world.store().vault();
    vault.commit(&scope, vec![plain(0, 1, "tea")]).unwrap();
    let wins: usize = std::thread::scope(|threads| {
        let writers: Vec<_> = (0..16)
            .map(|writer| {
                let scope = scope.narrow::<Write>();
                let text = format!("by {writer}");
                threads.spawn(move || vault.commit(&scope, vec![plain(0, 2, &text)]).is_ok())
            })
            .collect();
        let outcomes = writers.into_iter().map(|writer| writer.join().unwrap());
        outcomes.filter(|won| *won).count()
    });
    assert_eq!(wins, 1);
}

#[test]
fn a7_the_first_writes_of_many_threads_make_one_namespace() {
    let world = world();
    let scopes: Vec<Scope<Write>> = (0..16).map(|_| world.scope("alice")).collect();
    let vault = world.store().vault();
    std::thread::scope(|threads| {
        for (number, scope) in (0..).zip(&scopes) {
            threads.spawn(move || vault.commit(scope, vec![plain(number, 1, "tea")]).unwrap());
        }
    });
    assert_eq!(world.all("alice").unwrap().len(), 16);
}

#[test]
fn a_hundred_namespaces_live_on_eight_handles() {
    let mut world = world_with(8, AuditMode::Off);
    let scopes: Vec<Scope<Write>> = (0..100)
        .map(|number| world.scope(&format!("user-{number}")))
        .collect();
    let vault = world.store().vault();
    std::thread::scope(|threads| {
        for writer in 0..4_u128 {
            let scopes = &scopes;
            threads.spawn(move || {
                for round in 0..300_u128 {
                    let namespace = usize::try_from((round * 37 + writer * 11) % 100).unwrap();
                    let record = plain(writer << 32 | round, 1, &format!("of {namespace}"));
                    vault.commit(&scopes[namespace], vec![record]).unwrap();
                }
            });
        }
    });
    assert!(vault.handles() <= 8, "{}", vault.handles());
    world.reopen();
    let mut count = 0;
    for namespace in 0..100 {
        let found: BTreeMap<_, _> = world.all(&format!("user-{namespace}")).unwrap();
        let text = format!("of {namespace}");
        assert!(found.values().all(|(_, body)| *body == text));
        count += found.len();
    }
    assert_eq!(count, 1_200);
    assert!(world.store().vault().handles() <= 8);
}
