//! Changing, deleting and forgetting.

use anchorhold_identity::{Erase, Missing, Read, Write};
use anchorhold_memory::{Error, Which};
use anchorhold_model::{Change, Changes, Content, Filter, MemoryType};

use crate::support::{AT_THE_GATE, GATE, World};

fn text(content: &str) -> Changes {
    Changes {
        content: Some(Content::new(content).unwrap()),
        ..Changes::default()
    }
}

#[test]
fn a_change_is_seen_at_once_and_by_its_new_words_alone() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let kept = world.keep(&alice, "lives in Berlin");
    world.clock.advance(5);
    let scope = world.scope::<Write>(&alice, Missing::Empty).unwrap();
    let changed = world
        .engine
        .change(scope.as_ref(), kept.facets.id, text("moved to Rome"), None)
        .unwrap();
    assert_eq!(changed.facets.version, 2);
    assert!(changed.facets.updated_at > kept.facets.updated_at);
    assert_eq!(changed.facets.created_at, kept.facets.created_at);
    assert_eq!(world.recall(&alice, "Rome"), ["moved to Rome"]);
    assert_eq!(
        world.recall(&alice, "Berlin"),
        ["moved to Rome"],
        "nothing else is left"
    );
    let world = world.restarted();
    assert_eq!(world.recall(&alice, "Berlin"), ["moved to Rome"]);
}

#[test]
fn a_change_leaves_what_it_does_not_name_and_knows_its_version() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let kept = world.keep(&alice, "first");
    let scope = world.scope::<Write>(&alice, Missing::Empty).unwrap();
    let changes = Changes {
        memory_type: Some(MemoryType::Working),
        ttl_seconds: Change::Set(100),
        ..Changes::default()
    };
    let id = kept.facets.id;
    let changed = world
        .engine
        .change(scope.as_ref(), id, changes, Some(1))
        .unwrap();
    assert!(changed.content == kept.content && changed.facets.expires_at.is_some());
    let stale = world.engine.change(scope.as_ref(), id, text("x"), Some(1));
    assert!(matches!(stale, Err(Error::VersionConflict)));
    let cleared = Changes {
        ttl_seconds: Change::Clear,
        ..Changes::default()
    };
    let cleared = world
        .engine
        .change(scope.as_ref(), id, cleared, Some(2))
        .unwrap();
    assert_eq!(cleared.facets.expires_at, None);
}

#[test]
fn of_many_changes_to_one_version_exactly_one_wins() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let kept = world.keep(&alice, "first");
    let outcomes: Vec<_> = std::thread::scope(|threads| {
        let change = |number: usize| {
            let (world, alice) = (&world, &alice);
            let id = kept.facets.id;
            threads.spawn(move || {
                let scope = world.scope::<Write>(alice, Missing::Empty).unwrap();
                world
                    .engine
                    .change(scope.as_ref(), id, text(&format!("by {number}")), Some(1))
            })
        };
        let threads: Vec<_> = (0..8).map(change).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let lost = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(Error::VersionConflict)));
    assert_eq!(lost.count(), 7);
}

#[test]
fn what_is_deleted_is_gone_at_once_and_after_a_restart() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let kept = world.keep(&alice, "to be deleted zanzibar");
    world.keep(&alice, "to stay");
    let scope = world.scope::<Erase>(&alice, Missing::Empty).unwrap();
    world.engine.delete(scope.as_ref(), kept.facets.id).unwrap();
    assert_eq!(world.recall(&alice, "zanzibar"), ["to stay"]);
    let again = world.engine.delete(scope.as_ref(), kept.facets.id);
    assert!(matches!(again, Err(Error::MemoryNotFound)));
    drop(scope);
    let world = world.restarted();
    assert_eq!(world.recall(&alice, "zanzibar"), ["to stay"]);
}

#[test]
fn forget_deletes_what_the_filter_matches_and_a_dry_run_nothing() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let scope = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    for number in 0..10 {
        let mut draft = crate::support::draft(&format!("note {number}"));
        draft.tags = vec![if number % 2 == 0 { "even" } else { "odd" }.to_owned()];
        world.engine.remember(&scope, draft).unwrap();
    }
    let filter = Filter::parse(&serde_json::json!({"tags": {"any": ["even"]}})).unwrap();
    let erase = world.scope::<Erase>(&alice, Missing::Empty).unwrap();
    let dry = world
        .engine
        .forget(erase.as_ref(), Which::Matching(filter.clone()), true)
        .unwrap();
    assert_eq!(dry.ids.len(), 5);
    assert_eq!(world.recall(&alice, "note").len(), 10);
    let done = world
        .engine
        .forget(erase.as_ref(), Which::Matching(filter), false)
        .unwrap();
    assert_eq!(done, dry);
    assert_eq!(world.recall(&alice, "note").len(), 5);
    let read = world.scope::<Read>(&alice, Missing::Empty).unwrap();
    for id in done.ids {
        assert!(matches!(
            world.engine.get(read.as_ref(), id),
            Err(Error::MemoryNotFound)
        ));
    }
}

/// A sweep that chose a memory waits for the write that prolongs it, and then leaves it alone.
#[test]
fn a_memory_that_is_prolonged_while_the_sweep_runs_lives_on() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let scope = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    let mut short = crate::support::draft("short");
    short.ttl_seconds = Some(10);
    let kept = world.engine.remember(&scope, short).unwrap().memory;
    let chores = crate::support::chores(&world.engine);
    std::thread::scope(|threads| {
        let prolong = threads.spawn(|| {
            let changes = Changes {
                content: Some(Content::new(format!("{AT_THE_GATE}, and prolonged")).unwrap()),
                ttl_seconds: Change::Set(3_600),
                ..Changes::default()
            };
            world
                .engine
                .change(Some(&scope), kept.facets.id, changes, None)
        });
        GATE.wait();
        world.clock.advance(11);
        let sweep = threads.spawn(|| chores.tick());
        GATE.wait();
        prolong.join().unwrap().unwrap();
        sweep.join().unwrap().unwrap();
    });
    assert_eq!(chores.tick().unwrap().expired, 0);
    let read = world.scope::<Read>(&alice, Missing::Empty).unwrap();
    assert!(world.engine.get(read.as_ref(), kept.facets.id).is_ok());
    world.clock.advance(3_700);
    assert_eq!(
        chores.tick().unwrap().expired,
        1,
        "and what is over is swept"
    );
}

#[test]
fn a_filter_forgets_more_than_one_commit_takes() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let scope = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    let count = anchorhold_model::limits::COMMIT_RECORDS_MAX + 100;
    let drafts: Vec<_> = (0..count)
        .map(|number| crate::support::draft(&format!("n {number}")))
        .collect();
    for batch in drafts.chunks(2_000) {
        let kept = world.engine.remember_batch(&scope, batch.to_vec());
        assert!(kept.iter().all(Result::is_ok));
    }
    let filter = Filter::parse(&serde_json::json!({"type": {"eq": "semantic"}})).unwrap();
    let erase = world.scope::<Erase>(&alice, Missing::Empty).unwrap();
    let done = world
        .engine
        .forget(erase.as_ref(), Which::Matching(filter), false)
        .unwrap();
    assert_eq!(done.ids.len(), count);
    assert!(world.recall(&alice, "n 1").is_empty());
}
